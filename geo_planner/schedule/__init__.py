"""PLAN -> TIMELINE: tasks, precedence, critical path, least-change repair, named conflicts."""
