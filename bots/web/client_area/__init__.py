"""The client area: what a customer sees and does behind user name and password, without a script."""
