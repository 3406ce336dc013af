#include <cblas.h>

// LAPACK is part of Debian's OpenBLAS; only the Fortran names are.
void dposv_(
    const char *triangle, const int *size, const int *columns, double *matrix, const int *stride, double *right,
    const int *rightStride, int *info);
