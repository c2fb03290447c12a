"""Mails: their words, their two bodies, and the two ways out of the house."""
