"""Delivery: packages of applications for the providers of their services, signed by us and closed to everybody else."""
