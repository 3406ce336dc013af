// OpenBLAS, loaded at first use: most commands do not need it, and loading takes too long for a hook.
#ifndef ARBOR_OPENBLAS_H
#define ARBOR_OPENBLAS_H

#include <cblas.h>

// Loads the library once. Returns NULL, or an error message; after an error the functions below abort.
const char *arbor_blas_load(void);

void arbor_sgemm(
    enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE leftTransposed, enum CBLAS_TRANSPOSE rightTransposed, blasint rows,
    blasint columns, blasint inner, float alpha, const float *left, blasint leftStride, const float *right,
    blasint rightStride, float beta, float *out, blasint outStride);

// LAPACK's dposv, which Debian's OpenBLAS includes under its Fortran name.
void arbor_dposv(
    const char *triangle, const int *size, const int *columns, double *matrix, const int *stride, double *right,
    const int *rightStride, int *info);

const char *arbor_blas_config(void);
const char *arbor_blas_corename(void);
int arbor_blas_parallel(void);
int arbor_blas_threads(void);

#endif
