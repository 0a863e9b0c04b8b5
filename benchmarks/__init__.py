"""What was measured, and what was fitted: programs that are no part of the package.

This file makes them a package of their own: an installed one (pysbd's) has the same name.
"""
