"""What every messenger shows alike: buttons, what pressing them says, the furniture's words. No messenger is known here."""
