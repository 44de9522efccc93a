#include "core/quant/vision/whole_attention.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr int kQuotientDigits = 16; // binary, behind the point, of the integer divider
constexpr int kMostComputedBits = 12, kMostDivisorBits = 9;

Log2Rule ruleOf(HeadDivision division)
{
    return division == HeadDivision::log2Geometric ? Log2Rule::geometric : Log2Rule::arithmetic;
}

// The sum of products, or of numbers, of these many codes fits 32 bits.
bool fitsAccumulator(std::size_t terms, std::initializer_list<const CodeGrid*> factors)
{
    double most = static_cast<double>(terms);
    for (const CodeGrid* grid : factors)
        most *= static_cast<double>(
            std::max(std::abs(grid->low() - grid->zero), std::abs(grid->high() - grid->zero)));
    return most < std::ldexp(1.0, 31);
}

Result<void> checkComputed(const char* name, const CodeGrid& grid, int mostBits)
{
    if (grid.bits > mostBits)
        return inputError("{} of linear attention have {} bits, at most {} are supported", name,
                          grid.bits, mostBits);
    if (!grid.shifts.empty())
        return inputError("{} of linear attention have one scale, not one per channel", name);
    if (grid.zero < grid.low() || grid.zero > grid.high())
        return inputError("{} of linear attention have no code for 0", name);
    return {};
}

Result<Requantizer> headRequantizer(const char* name, double factor, int leastLog2 = -31)
{
    if (!(factor >= std::ldexp(1.0, leastLog2) && factor <= std::ldexp(1.0, 18)))
        return inputError("{} of linear attention cannot be requantized by {}", name, factor);
    return multiplyRequantizer(factor);
}

// Codes without their zero point, below 0 nothing where `relu`.
std::int64_t signedCode(std::int32_t code, const CodeGrid& grid)
{
    return code - grid.zero;
}
std::int64_t reluCode(std::int32_t code, const CodeGrid& grid)
{
    return std::max(code - grid.zero, std::int64_t{0});
}

std::int64_t codeOn(const CodeGrid& grid, std::int64_t sum, Requantizer by)
{
    return requantized(sum, by, grid.low() - grid.zero, grid.high() - grid.zero) + grid.zero;
}

// Rounded half up, of whole numbers; divisor > 0.
std::int64_t wholeQuotient(std::int64_t dividend, std::int64_t divisor)
{
    const std::int64_t twice = 2 * dividend + divisor, by = 2 * divisor;
    return twice >= 0 ? twice / by : -((-twice + by - 1) / by);
}

void sumKeys(const WholeHead& head, HeadSize size, std::span<const std::int32_t> k,
             std::span<const std::int32_t> v, HeadValues<std::int64_t>& values)
{
    const HeadGrids& grids = head.grids;
    for (std::size_t i = 0; i < size.dim; ++i) {
        std::int64_t keySum = 0;
        std::vector<std::int64_t> row(size.dim);
        for (std::size_t token = 0; token < size.tokens; ++token) {
            const std::int64_t key = reluCode(k[token * size.dim + i], grids.k);
            keySum += key;
            for (std::size_t j = 0; j < size.dim; ++j)
                row[j] += key * signedCode(v[token * size.dim + j], grids.v);
        }
        values.keySums.push_back(codeOn(grids.keySums, keySum, head.toKeySums));
        for (const std::int64_t sum : row)
            values.context.push_back(codeOn(grids.context, sum, head.toContext));
    }
}

void lookUp(const WholeHead& head, HeadSize size, std::span<const std::int32_t> query,
            HeadValues<std::int64_t>& values)
{
    const HeadGrids& grids = head.grids;
    std::int64_t divisor = 0;
    std::vector<std::int64_t> row(size.dim);
    for (std::size_t i = 0; i < size.dim; ++i) {
        const std::int64_t q = reluCode(query[i], grids.q);
        divisor += q * (values.keySums[i] - grids.keySums.zero);
        for (std::size_t j = 0; j < size.dim; ++j)
            row[j] += q * (values.context[i * size.dim + j] - grids.context.zero);
    }
    values.divisors.push_back(codeOn(grids.divisors, divisor, head.toDivisors));
    for (const std::int64_t sum : row) {
        values.dividends.push_back(codeOn(grids.dividends, sum, head.toDividends));
        values.outputs.push_back(wholeOutput(head, values.dividends.back() - grids.dividends.zero,
                                             values.divisors.back() - grids.divisors.zero));
    }
}

} // namespace

std::int64_t wholeOutput(const WholeHead& head, std::int64_t dividend, std::int64_t divisor)
{
    Requantizer by = head.toOutputs;
    if (divisor == 0)
        return head.grids.outputs.zero;
    if (head.division == HeadDivision::integer) {
        by.shift += kQuotientDigits;
        return codeOn(head.grids.outputs, wholeQuotient(dividend * (1 << kQuotientDigits), divisor),
                      by);
    }
    by.shift += log2Divisor(divisor, ruleOf(head.division));
    return codeOn(head.grids.outputs, dividend, by);
}

Result<WholeHead> wholeHead(const HeadGrids& grids, HeadDivision division, HeadSize size)
{
    VITRINE_CHECK(checkComputed("contexts", grids.context, kMostComputedBits));
    VITRINE_CHECK(checkComputed("key sums", grids.keySums, kMostComputedBits));
    VITRINE_CHECK(checkComputed("divisors", grids.divisors, kMostDivisorBits));
    VITRINE_CHECK(checkComputed("dividends", grids.dividends, kMostComputedBits));
    VITRINE_CHECK(checkComputed("outputs", grids.outputs, kMostComputedBits));
    if (!fitsAccumulator(size.tokens, {&grids.k, &grids.v}) ||
        !fitsAccumulator(size.dim, {&grids.q, &grids.context}) ||
        !fitsAccumulator(size.dim, {&grids.q, &grids.keySums}))
        return inputError("sums of linear attention over {} tokens and {} channels can leave 32 "
                          "bits",
                          size.tokens, size.dim);
    const double q = grids.q.scale, k = grids.k.scale, v = grids.v.scale;
    WholeHead head{.grids = grids, .division = division};
    VITRINE_TRY(head.toContext, headRequantizer("contexts", k * v / grids.context.scale));
    VITRINE_TRY(head.toKeySums, headRequantizer("key sums", k / grids.keySums.scale));
    VITRINE_TRY(head.toDivisors,
                headRequantizer("divisors", q * grids.keySums.scale / grids.divisors.scale));
    VITRINE_TRY(head.toDividends,
                headRequantizer("dividends", q * grids.context.scale / grids.dividends.scale));
    // Its shift has room for that by a divisor, or the digits of a quotient.
    VITRINE_TRY(
        head.toOutputs,
        headRequantizer("outputs",
                        grids.dividends.scale / (grids.divisors.scale * grids.outputs.scale), -14));
    return head;
}

HeadValues<std::int64_t> runWholeHead(const WholeHead& head, HeadSize size,
                                      std::span<const std::int32_t> q,
                                      std::span<const std::int32_t> k,
                                      std::span<const std::int32_t> v)
{
    assert(q.size() == size.tokens * size.dim && k.size() == q.size() && v.size() == q.size());
    HeadValues<std::int64_t> values;
    sumKeys(head, size, k, v, values);
    for (std::size_t token = 0; token < size.tokens; ++token)
        lookUp(head, size, q.subspan(token * size.dim, size.dim), values);
    return values;
}

} // namespace vitrine::quant
