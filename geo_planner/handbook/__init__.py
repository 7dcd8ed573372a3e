"""The handbook's chapters as Markdown, Chinese and English; `show/handbook` makes pages of them."""
