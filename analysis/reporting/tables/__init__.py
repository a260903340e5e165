"""Tables of the chapters that are not rebuilt yet."""
