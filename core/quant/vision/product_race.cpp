#include "core/quant/vision/product_race.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/convolution.h"
#include "core/tensor/kernels/mat_add.h"
#include "core/tensor/kernels/mat_shift.h"
#include "core/tensor/kernels/multiply.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <span>

namespace vitrine::quant
{
namespace
{

constexpr std::int64_t kMostRacedNumbers = std::int64_t{1} << 28; // of one operand
constexpr double kLeastRacedSeconds = 2e-3;
constexpr int kLeastRacedExponent = -15; // of ShiftAddViT's five bits

std::size_t sizeFor(std::int64_t count)
{
    return static_cast<std::size_t>(count);
}

std::vector<float> drawnNormals(std::int64_t count, Random& random, double scale = 1)
{
    std::vector<float> values;
    values.reserve(sizeFor(count));
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(scale * random.normal()));
    return values;
}

double largestError(std::span<const double> exact, const std::function<double(std::size_t)>& got)
{
    double error = 0, largest = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        error = std::max(error, std::abs(exact[i] - got(i)));
        largest = std::max(largest, std::abs(exact[i]));
    }
    return largest > 0 ? error / largest : 0;
}

// Operands of a product that adds, shared by both ways to compute it.
class AddRace
{
public:
    explicit AddRace(const RacedProduct& product) : p_(product)
    {
        Random random(3);
        v_ = drawnNormals(p_.heads * p_.tokens * p_.inputs, random);
        codes_ = drawnNormals(p_.heads * p_.outputs * p_.tokens, random);
        for (std::int64_t h = 0; h < p_.heads; ++h)
            masks_.push_back(kernels::packBits(codesOf(h), p_.outputs, p_.tokens, p_.tokens, 0));
        for (float& code : codes_)
            code = code > 0 ? 1.0f : 0.0f;
        y_.resize(sizeFor(p_.heads * p_.outputs * p_.inputs));
    }

    void multiply()
    {
        forHeads([this](std::int64_t h) {
            kernels::gemm(false, p_.outputs, p_.inputs, p_.tokens, codesOf(h), p_.tokens,
                          valuesOf(h), p_.inputs, false, resultOf(h), p_.inputs);
        });
    }
    void add()
    {
        forHeads([this](std::int64_t h) {
            kernels::matAdd(masks_[sizeFor(h)], valuesOf(h), p_.inputs, p_.inputs, resultOf(h),
                            p_.inputs);
        });
    }
    double error() const // of the last result
    {
        std::vector<double> exact(y_.size());
        for (std::int64_t h = 0; h < p_.heads; ++h)
            for (std::int64_t row = 0; row < p_.outputs; ++row)
                for (std::int64_t t = 0; t < p_.tokens; ++t)
                    if (masks_[sizeFor(h)].at(row, t))
                        for (std::int64_t c = 0; c < p_.inputs; ++c)
                            exact[sizeFor((h * p_.outputs + row) * p_.inputs + c)] +=
                                static_cast<double>(valuesOf(h)[t * p_.inputs + c]);
        return largestError(exact, [this](std::size_t i) { return static_cast<double>(y_[i]); });
    }

private:
    const float* codesOf(std::int64_t head) const
    {
        return codes_.data() + head * p_.outputs * p_.tokens;
    }
    const float* valuesOf(std::int64_t head) const
    {
        return v_.data() + head * p_.tokens * p_.inputs;
    }
    float* resultOf(std::int64_t head) { return y_.data() + head * p_.outputs * p_.inputs; }
    void forHeads(const std::function<void(std::int64_t)>& body) const
    {
        parallelFor(sizeFor(p_.heads),
                    [&](std::size_t head) { body(static_cast<std::int64_t>(head)); });
    }

    RacedProduct p_;
    std::vector<float> v_, codes_, y_;
    std::vector<kernels::BitMatrix> masks_;
};

// Operands of a product that shifts. All ways multiply by the same powers of two.
class ShiftRace
{
public:
    static Result<std::shared_ptr<ShiftRace>> make(const RacedProduct& product)
    {
        auto race = std::shared_ptr<ShiftRace>(new ShiftRace(product));
        VITRINE_TRY(race->layer_, kernels::Convolution::make(
                                      kernels::linearAsConvolution(product.tokens, product.inputs,
                                                                   product.outputs),
                                      race->weights_.data(), nullptr, kernels::After::nothing));
        return race;
    }

    void multiply() { layer_->run(x_.data(), y_.data()); }
    void multiplyRebuilt()
    {
        for (std::size_t i = 0; i < rebuilt_.size(); ++i)
            rebuilt_[i] = std::ldexp(static_cast<float>(sign_[i]), shift_[i]);
        kernels::gemm(true, p_.tokens, p_.outputs, p_.inputs, x_.data(), p_.inputs, rebuilt_.data(),
                      p_.inputs, false, y_.data(), p_.outputs);
    }
    void shift() { kernels::matShift(*matrix_, fixed_.data(), p_.tokens, sums_.data()); }
    void toFixedAndShift()
    {
        kernels::toFixedPoint(x_.data(), p_.tokens * p_.inputs, fixed_.data());
        shift();
    }
    double floatError() const
    {
        return largestError(exact_, [this](std::size_t i) { return static_cast<double>(y_[i]); });
    }
    double wholeError() const
    {
        return largestError(exact_, [this](std::size_t i) { return std::ldexp(sums_[i], -16); });
    }

private:
    explicit ShiftRace(const RacedProduct& product) : p_(product)
    {
        Random random(5);
        x_ = drawnNormals(p_.tokens * p_.inputs, random);
        for (const float w : drawnNormals(p_.outputs * p_.inputs, random, 0.05)) {
            const kernels::SignedShift term = kernels::nearestShift(w, kLeastRacedExponent);
            shift_.push_back(term.shift), sign_.push_back(term.sign);
            weights_.push_back(term.value());
        }
        matrix_.emplace(p_.outputs, p_.inputs, shift_.data(), sign_.data());
        fixed_.resize(x_.size()), rebuilt_.resize(weights_.size());
        kernels::toFixedPoint(x_.data(), p_.tokens * p_.inputs, fixed_.data());
        sums_.resize(sizeFor(p_.tokens * p_.outputs)), y_.resize(sums_.size());
        findExact();
    }
    void findExact()
    {
        exact_.resize(sums_.size());
        parallelFor(sizeFor(p_.tokens), [this](std::size_t t) {
            for (std::int64_t o = 0; o < p_.outputs; ++o) {
                double sum = 0;
                for (std::int64_t k = 0; k < p_.inputs; ++k)
                    sum += static_cast<double>(x_[t * sizeFor(p_.inputs) + sizeFor(k)]) *
                           static_cast<double>(weights_[sizeFor(o * p_.inputs + k)]);
                exact_[t * sizeFor(p_.outputs) + sizeFor(o)] = sum;
            }
        });
    }

    RacedProduct p_;
    std::vector<float> x_, weights_, rebuilt_, y_;
    std::vector<std::int8_t> shift_, sign_;
    std::optional<kernels::ShiftMatrix> matrix_;
    std::optional<kernels::Convolution> layer_;
    std::vector<std::int32_t> fixed_, sums_;
    std::vector<double> exact_;
};

std::vector<Racer> addRacers(const RacedProduct& product)
{
    const auto race = std::make_shared<AddRace>(product);
    std::vector<Racer> racers = {{"multiply, fp32", [race] { race->multiply(); }},
                                 {"add, fp32", [race] { race->add(); }}};
    for (Racer& racer : racers) {
        racer.work();
        racer.error = race->error();
    }
    return racers;
}

Result<std::vector<Racer>> shiftRacers(const RacedProduct& product)
{
    VITRINE_TRY(const auto race, ShiftRace::make(product));
    std::vector<Racer> racers = {{"multiply, fp32", [race] { race->multiply(); }},
                                 {"powers rebuilt, multiply", [race] { race->multiplyRebuilt(); }},
                                 {"shift, int32", [race] { race->shift(); }},
                                 {"to fixed point, shift", [race] { race->toFixedAndShift(); }}};
    for (std::size_t i = 0; i < racers.size(); ++i) {
        racers[i].work();
        racers[i].error = i < 2 ? race->floatError() : race->wholeError();
    }
    return racers;
}

} // namespace

std::string RacedProduct::name() const
{
    return adds ? fmt::format("add ({}, {}, {}, {})", heads, tokens, inputs, outputs)
                : fmt::format("shift (1, {}, {}, {})", tokens, inputs, outputs);
}

std::vector<RacedProduct> publishedRaces()
{
    return {{true, 1, 3136, 32, 16},   {true, 2, 784, 32, 16},    {true, 5, 196, 32, 16},
            {false, 1, 3136, 64, 512}, {false, 1, 3136, 512, 64}, {false, 1, 784, 128, 1024},
            {false, 1, 784, 1024, 128}};
}

Result<std::vector<Racer>> racersOf(const RacedProduct& product)
{
    for (const std::int64_t size : {product.heads, product.tokens, product.inputs, product.outputs})
        if (size < 1 || size > kMostRacedNumbers)
            return argumentError("{}: sizes are 1 to {}", product.name(), kMostRacedNumbers);
    for (const auto& [a, b] :
         {std::pair{product.tokens, product.inputs}, std::pair{product.tokens, product.outputs},
          std::pair{product.inputs, product.outputs}})
        if (a * b > kMostRacedNumbers / product.heads)
            return argumentError("{}: an operand or the result has more than {} numbers",
                                 product.name(), kMostRacedNumbers);
    if (product.adds)
        return addRacers(product);
    return shiftRacers(product);
}

double racedSeconds(const std::function<void()>& work, int threads)
{
    const auto now = [threads] {
        if (threads > 1)
            return std::chrono::duration<double>(
                       std::chrono::steady_clock::now().time_since_epoch())
                .count();
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    };
    int repeats = 0;
    double spent = 0;
    for (const double began = now(); spent < kLeastRacedSeconds; spent = now() - began, ++repeats)
        work();
    return spent / repeats;
}

} // namespace vitrine::quant
