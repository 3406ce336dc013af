// Operations on eight floats that are one instruction here but a call per lane in Swift's SIMD types.
typedef float arbor_float8 __attribute__((ext_vector_type(8)));
typedef int arbor_int8 __attribute__((ext_vector_type(8)));

static inline arbor_float8 arbor_square_root(arbor_float8 x) { return __builtin_elementwise_sqrt(x); }

static inline arbor_float8 arbor_maximum(arbor_float8 x, arbor_float8 y) { return __builtin_elementwise_max(x, y); }

static inline arbor_float8 arbor_minimum(arbor_float8 x, arbor_float8 y) { return __builtin_elementwise_min(x, y); }

static inline float arbor_largest(arbor_float8 x) { return __builtin_reduce_max(x); }

static inline arbor_int8 arbor_truncate(arbor_float8 x) { return __builtin_convertvector(x, arbor_int8); }

// Transposes eight rows of eight floats; strides count floats.
static inline void arbor_transpose(const float *from, long fromStride, float *to, long toStride) {
    typedef float row __attribute__((ext_vector_type(8), aligned(4)));
    arbor_float8 r[8], s[8];
    for (int i = 0; i < 8; i++) r[i] = *(const row *)(from + i * fromStride);
    for (int i = 0; i < 8; i += 2) {
        s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int j = i; j < i + 2; j++) {
            r[j] = __builtin_shufflevector(s[j], s[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            r[j + 2] = __builtin_shufflevector(s[j], s[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int i = 0; i < 4; i++) {
        *(row *)(to + i * toStride) = __builtin_shufflevector(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *(row *)(to + (i + 4) * toStride) = __builtin_shufflevector(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

// 1 if the processor supports AVX2 and FMA, and on other architectures, which have no such code.
static inline int arbor_cpu_supported(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
#else
    return 1;
#endif
}

// 1 if the processor and the system support the AVX-512 features of servers since 2017 (Skylake).
static inline int arbor_cpu_has_avx512(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
#else
    return 0;
#endif
}
