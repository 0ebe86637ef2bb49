"""What the program can do, in figures; each module is one command and says which."""

import core  # noqa: F401  before numpy: it sets how many threads a product of matrices gets
