"""How resources/face_model/head.npz is made from the CC0 MakeHuman/MPFB2 data. Run by hand."""
