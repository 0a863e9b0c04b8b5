"""Where articles come from: one file a format, all behind the contract in ``base``."""
