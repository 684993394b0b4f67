"""Every rule against its fixtures, its page, and Keras itself."""
