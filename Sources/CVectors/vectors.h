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

// Sixteen floats that are computed at once: in one AVX-512 register, or in two registers of eight.
typedef float arbor_float16 __attribute__((ext_vector_type(16), aligned(4)));

#define ARBOR_INLINE static inline __attribute__((always_inline))
#define ARBOR_UNROLL _Pragma("clang loop unroll(full)")

// The two functions below compute one tile of a product. Height and width are constants, so that the sums stay in
// registers. The terms of each sum are added in order, so the bits of a product do not depend on its tiles.

ARBOR_INLINE void arbor_column_product_tile(
    arbor_float16 *out, const arbor_float16 *in, const float *weights, long rowStride, long columnStride, long inner,
    long stride, int height, int width) {
    arbor_float16 sums[4][4];
    ARBOR_UNROLL for (int h = 0; h < height; h++)
        ARBOR_UNROLL for (int w = 0; w < width; w++) sums[h][w] = (arbor_float16)0.0f;
    for (long k = 0; k < inner; k++)
        ARBOR_UNROLL for (int h = 0; h < height; h++)
            ARBOR_UNROLL for (int w = 0; w < width; w++)
                sums[h][w] = __builtin_elementwise_fma(
                    (arbor_float16)weights[h * rowStride + k * columnStride], in[k * stride + w], sums[h][w]);
    ARBOR_UNROLL for (int h = 0; h < height; h++)
        ARBOR_UNROLL for (int w = 0; w < width; w++) out[h * stride + w] = sums[h][w];
}

ARBOR_INLINE void arbor_column_sums_tile(
    arbor_float16 *out, const arbor_float16 *a, const arbor_float16 *b, const arbor_float16 *c, const arbor_float16 *d,
    long columns, long groups, long stride, int height, int width) {
    arbor_float16 sums[4][2];
    ARBOR_UNROLL for (int h = 0; h < height; h++)
        ARBOR_UNROLL for (int w = 0; w < width; w++) sums[h][w] = out[h * columns + w];
    for (long group = 0; group < groups; group++)
        ARBOR_UNROLL for (int w = 0; w < width; w++)
            ARBOR_UNROLL for (int h = 0; h < height; h++) {
                long left = h * stride + group, right = w * stride + group;
                sums[h][w] = __builtin_elementwise_fma(a[left], b[right], sums[h][w]);
                sums[h][w] = __builtin_elementwise_fma(c[left], d[right], sums[h][w]);
            }
    ARBOR_UNROLL for (int h = 0; h < height; h++)
        ARBOR_UNROLL for (int w = 0; w < width; w++) out[h * columns + w] = sums[h][w];
}

// Computes out (rows, groups, 16) = Σ_k weights[r · rowStride + k · columnStride] · in (inner, groups, 16). Rows of out
// and in are `stride` groups apart. Tiles have four rows and `width` groups.
ARBOR_INLINE void arbor_column_product_tiles(
    arbor_float16 *out, const arbor_float16 *in, const float *weights, long rowStride, long columnStride, long rows,
    long inner, long groups, long stride, int width) {
    for (long row = 0; row < rows;) {
        int height = row + 4 <= rows ? 4 : 1;
        const float *own = weights + row * rowStride;
        for (long group = 0; group < groups;) {
            arbor_float16 *to = out + row * stride + group;
            const arbor_float16 *from = in + group;
            int wide = group + width <= groups;
            if (height == 4 && wide)
                arbor_column_product_tile(to, from, own, rowStride, columnStride, inner, stride, 4, width);
            else if (height == 4)
                arbor_column_product_tile(to, from, own, rowStride, columnStride, inner, stride, 4, 1);
            else if (wide)
                arbor_column_product_tile(to, from, own, rowStride, columnStride, inner, stride, 1, width);
            else
                arbor_column_product_tile(to, from, own, rowStride, columnStride, inner, stride, 1, 1);
            group += wide ? width : 1;
        }
        row += height;
    }
}

// Adds a_i · b_k + c_i · d_k to out (rows, columns, 16), summed over the groups of a and c (rows, groups, 16) and of b
// and d (columns, groups, 16), whose rows are `stride` groups apart. Tiles have `height` rows and two columns.
ARBOR_INLINE void arbor_column_sums_tiles(
    arbor_float16 *out, const arbor_float16 *a, const arbor_float16 *b, const arbor_float16 *c, const arbor_float16 *d,
    long rows, long columns, long groups, long stride, int height) {
    for (long row = 0; row < rows;) {
        int tall = row + height <= rows;
        const arbor_float16 *a1 = a + row * stride, *c1 = c + row * stride;
        for (long column = 0; column < columns;) {
            arbor_float16 *to = out + row * columns + column;
            const arbor_float16 *b1 = b + column * stride, *d1 = d + column * stride;
            int wide = column + 2 <= columns;
            if (tall && wide)
                arbor_column_sums_tile(to, a1, b1, c1, d1, columns, groups, stride, height, 2);
            else if (tall)
                arbor_column_sums_tile(to, a1, b1, c1, d1, columns, groups, stride, height, 1);
            else if (wide)
                arbor_column_sums_tile(to, a1, b1, c1, d1, columns, groups, stride, 1, 2);
            else
                arbor_column_sums_tile(to, a1, b1, c1, d1, columns, groups, stride, 1, 1);
            column += wide ? 2 : 1;
        }
        row += tall ? height : 1;
    }
}

// Replaces z (rows, groups, 16) by scale · (z - x) where z > 0, and by 0 elsewhere.
static inline void arbor_column_errors(
    float *z, const float *x, const float *scale, long rows, long groups, long stride) {
    typedef float floats __attribute__((ext_vector_type(8), aligned(4)));
    for (long row = 0; row < rows; row++)
        for (long place = 16 * row * stride; place < 16 * (row * stride + groups); place += 8) {
            floats own = *(floats *)(z + place);
            floats error = (own - *(const floats *)(x + place)) * (floats)scale[row];
            *(floats *)(z + place) = own > 0 ? error : (floats)0.0f;
        }
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512cd"))) static inline void arbor_column_product_512(
    arbor_float16 *out, const arbor_float16 *in, const float *weights, long rowStride, long columnStride, long rows,
    long inner, long groups, long stride) {
    arbor_column_product_tiles(out, in, weights, rowStride, columnStride, rows, inner, groups, stride, 4);
}

__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512cd"))) static inline void arbor_column_sums_512(
    arbor_float16 *out, const arbor_float16 *a, const arbor_float16 *b, const arbor_float16 *c, const arbor_float16 *d,
    long rows, long columns, long groups, long stride) {
    arbor_column_sums_tiles(out, a, b, c, d, rows, columns, groups, stride, 4);
}
#endif

// The two functions below compute the products with the widest registers of this processor. The bits of the results are
// the same on all processors.
static inline void arbor_column_product(
    float *out, const float *in, const float *weights, long rowStride, long columnStride, long rows, long inner,
    long groups, long stride) {
    arbor_float16 *to = (arbor_float16 *)out;
    const arbor_float16 *from = (const arbor_float16 *)in;
#if defined(__x86_64__)
    if (arbor_cpu_has_avx512()) {
        arbor_column_product_512(to, from, weights, rowStride, columnStride, rows, inner, groups, stride);
        return;
    }
#endif
    arbor_column_product_tiles(to, from, weights, rowStride, columnStride, rows, inner, groups, stride, 1);
}

static inline void arbor_column_sums(
    float *out, const float *a, const float *b, const float *c, const float *d, long rows, long columns, long groups,
    long stride) {
    arbor_float16 *to = (arbor_float16 *)out;
    const arbor_float16 *a16 = (const arbor_float16 *)a, *b16 = (const arbor_float16 *)b;
    const arbor_float16 *c16 = (const arbor_float16 *)c, *d16 = (const arbor_float16 *)d;
#if defined(__x86_64__)
    if (arbor_cpu_has_avx512()) {
        arbor_column_sums_512(to, a16, b16, c16, d16, rows, columns, groups, stride);
        return;
    }
#endif
    arbor_column_sums_tiles(to, a16, b16, c16, d16, rows, columns, groups, stride, 2);
}
