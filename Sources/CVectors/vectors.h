// Operations on eight floats that are one instruction here but a call per lane in Swift's SIMD types.
typedef float arbor_float8 __attribute__((ext_vector_type(8)));
typedef int arbor_int8 __attribute__((ext_vector_type(8)));

static inline arbor_float8 arbor_square_root(arbor_float8 x) { return __builtin_elementwise_sqrt(x); }

static inline arbor_float8 arbor_maximum(arbor_float8 x, arbor_float8 y) { return __builtin_elementwise_max(x, y); }

static inline arbor_int8 arbor_truncate(arbor_float8 x) { return __builtin_convertvector(x, arbor_int8); }

// 1 where the processor runs AVX2 and FMA code, and wherever such code was not asked for.
static inline int arbor_cpu_supported(void) {
#if defined(__x86_64__) && defined(__AVX2__)
    return __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
#else
    return 1;
#endif
}

// 1 where the processor and its system run the AVX-512 code that servers have had since 2017 (Skylake).
static inline int arbor_cpu_has_avx512(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
#else
    return 0;
#endif
}
