"""Files and folders: hashed, packed, handed on."""
