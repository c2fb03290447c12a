"""Questionnaires as data: catalogue, types, conditions, flow, lint, papers."""
