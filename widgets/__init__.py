"""Qt widgets: shown data, they emit wishes. They run no network and open no file."""
