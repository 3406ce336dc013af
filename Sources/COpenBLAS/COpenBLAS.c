#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static __typeof__(cblas_sgemm) *sgemm;
static __typeof__(arbor_dposv) *dposv;
static __typeof__(openblas_get_config) *config;
static __typeof__(openblas_get_corename) *corename;
static __typeof__(openblas_get_parallel) *parallel;
static __typeof__(openblas_get_num_threads) *threads;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *mistake;

static void note_mistake(void) {
    const char *text = dlerror();
    if (mistake == NULL) mistake = text == NULL ? "unknown" : strdup(text);
}

static void *find(void *library, const char *name) {
    void *symbol = dlsym(library, name);
    if (symbol == NULL) note_mistake();
    return symbol;
}

static void load(void) {
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        note_mistake();
        return;
    }
    sgemm = find(library, "cblas_sgemm");
    dposv = find(library, "dposv_");
    config = find(library, "openblas_get_config");
    corename = find(library, "openblas_get_corename");
    parallel = find(library, "openblas_get_parallel");
    threads = find(library, "openblas_get_num_threads");
}

const char *arbor_blas_load(void) {
    pthread_once(&once, load);
    return mistake;
}

static void require_loaded(void) {
    if (arbor_blas_load() != NULL) abort();
}

/* The buffer that OpenBLAS allocates for its first product on x86-64 (BUFFER_SIZE). */
static const size_t bufferBytes = 128 << 20;
static pthread_once_t checked = PTHREAD_ONCE_INIT;

/* If the buffer does not fit into the memory limit, OpenBLAS retries forever. This function ends the
   process instead. */
static void check_memory(void) {
    require_loaded();
    void *buffer = mmap(NULL, bufferBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffer == MAP_FAILED) {
        fprintf(stderr, "OpenBLAS failed to allocate %zu bytes of memory\n", bufferBytes);
        abort();
    }
    munmap(buffer, bufferBytes);
}

void arbor_sgemm(
    enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE leftTransposed, enum CBLAS_TRANSPOSE rightTransposed, blasint rows,
    blasint columns, blasint inner, float alpha, const float *left, blasint leftStride, const float *right,
    blasint rightStride, float beta, float *out, blasint outStride) {
    pthread_once(&checked, check_memory);
    sgemm(
        order, leftTransposed, rightTransposed, rows, columns, inner, alpha, left, leftStride, right, rightStride, beta,
        out, outStride);
}

void arbor_dposv(
    const char *triangle, const int *size, const int *columns, double *matrix, const int *stride, double *right,
    const int *rightStride, int *info) {
    pthread_once(&checked, check_memory);
    dposv(triangle, size, columns, matrix, stride, right, rightStride, info);
}

const char *arbor_blas_config(void) {
    require_loaded();
    return config();
}

const char *arbor_blas_corename(void) {
    require_loaded();
    return corename();
}

int arbor_blas_parallel(void) {
    require_loaded();
    return parallel();
}

int arbor_blas_threads(void) {
    require_loaded();
    return threads();
}
