"""Graphs of pipes and roads: lines and days come in as arrays, joints, earliest days and paths go out."""
