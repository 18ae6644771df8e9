"""The generated pages of the documentation's reference, each from the code that it describes.

`scripts/site.py` adds them to the site when it is built; tests/docs/test_reference.py checks that they are complete.
"""
