"""PLAN -> FINDINGS OF ITS PARTS: a plan too large to be judged at once is cut into tiles, each judged by itself.

A check that says how far it looks (`REACH` or `reach` in its file) is judged tile by tile, in processes that hold one
tile and its margin; every other one is judged whole. The report is the same.
"""
