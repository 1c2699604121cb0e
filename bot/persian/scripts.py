"""Which letters belong to which way of writing, as character classes for patterns."""

LETTERS = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
"""Of the Arabic script."""
LATIN = (
    "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u0373\u0376-\u037d"
    "\u0386-\u0481\u048a-\u0556\u0561-\u0587\u0904-\u0939\u0e01-\u0e30\u10a0-\u10ff\u1e00-\u1fbc"
    "\u2c00-\u2dff\u3041-\u3096\u30a1-\u30fa\u3105-\u312f\u3400-\u9fff\uac00-\ud7a3"
)
"""Of scripts that run from the left, near enough."""
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
"""All of the blocks that run from the right: letters, digits and marks."""
TANVIN, HAMZA = "\u064b", "\u0654"
