"""What makes the acts provable beyond this server: keys that sign, a daily root over all heads, witnesses elsewhere, and the check of it all."""
