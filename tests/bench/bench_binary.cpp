// Products of one vector with binary codes beside dense F32 weights, Q8_0 and llama.cpp's own
// products, in one process: times, bytes read in a second, their share of what plain loops read,
// and how many times as fast as F32 and as the peer's weights of as many bits. So many distinct
// matrices of each take turns that none stays in a cache; rounds of all in turn, so that what else
// the machine does meets all of them; medians of rounds and of what each round says.
//   bench_binary [rounds = 5] [MiB of each kind = four times the last cache]
//                [only lines with this in them, as "4096 x 11008, 2 bit"; "more": other layouts,
//                 "rows": two and more vectors at once]
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/aligned_bytes.h"
#include "core/tensor/kernels/binary_weights.h"
#include "core/tensor/kernels/dense_weights.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/q8_0.h"
#include "core/tensor/kernels/read_rate.h"
#include "tests/bench/bench_model.h"
#include "tests/bench/llama_cpp_peer.h"
#include "tests/support/binary_codes.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>

namespace vitrine::bench
{
namespace
{

using kernels::BinaryFamily, kernels::BinaryProduct, kernels::ScaleForm, kernels::SharedWeights;
using tests::CodesShape;

struct Setting {
    int rounds = 5;
    std::size_t bytes = 0; // of each kind of weights
    std::string only;

    bool has(std::string_view line) const { return line.find(only) != std::string_view::npos; }
};

struct Size {
    std::int64_t outputs = 0, inputs = 0;
    std::string name() const { return fmt::format("{} x {}", outputs, inputs); }
};

std::vector<float> normalValues(std::int64_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values)
        value = static_cast<float>(random.normal());
    return values;
}

// Seconds of one product of `rows` rows with each of the matrices.
double secondsOfProduct(const std::vector<SharedWeights>& matrices, const std::vector<float>& x,
                        std::int64_t rows = 1)
{
    const std::int64_t inputs = matrices[0]->inputs(), outputs = matrices[0]->outputs();
    std::vector<float> y(static_cast<std::size_t>(rows * outputs));
    return seconds([&] {
               for (const SharedWeights& weights : matrices) {
                   const kernels::Product product{
                       .weights = weights.get(), .y = y.data(), .stride = outputs};
                   kernels::multiply(x.data(), rows, inputs, {&product, 1});
               }
           }) /
           static_cast<double>(matrices.size());
}

// One line: what takes turns with the others.
struct Contender {
    std::string name;
    double bytes = 0; // that a product reads
    std::function<double(int threads)> seconds;
};

Contender contender(std::string name, std::vector<SharedWeights> matrices,
                    std::shared_ptr<const std::vector<float>> x)
{
    const double bytes =
        static_cast<double>(matrices[0]->rowBytes()) * static_cast<double>(matrices[0]->outputs());
    return {std::move(name), bytes, [matrices = std::move(matrices), x = std::move(x)](int) {
                return secondsOfProduct(matrices, *x);
            }};
}

// Bytes that plain loops read in a second on one and on two threads, the best of all rounds so far.
class Ceiling
{
public:
    explicit Ceiling(std::size_t bytes) : memory_(kernels::alignedBytes(bytes)), bytes_(bytes)
    {
        std::memset(memory_.get(), 1, bytes);
    }
    void measure(int threads)
    {
        double& rate = rates_[static_cast<std::size_t>(threads)];
        rate = std::max(rate, kernels::readRate({memory_.get(), bytes_}, 1));
    }
    double of(int threads) const { return rates_[static_cast<std::size_t>(threads)]; }

private:
    std::shared_ptr<std::uint8_t[]> memory_;
    std::size_t bytes_;
    std::array<double, 3> rates_{};
};

// The first contender is F32; the last one may be the peer.
void race(const std::vector<Contender>& all, bool hasPeer, const Setting& setting, Ceiling& ceiling)
{
    std::vector<std::string> lines(all.size());
    for (const int threads : {1, 2}) {
        setThreadCount(threads);
        std::vector<std::vector<double>> taken(all.size());
        for (int round = 0; round < setting.rounds; ++round) {
            ceiling.measure(threads);
            for (std::size_t i = 0; i < all.size(); ++i)
                taken[i].push_back(all[i].seconds(threads));
        }
        const auto timesAsFast = [&](std::size_t i, const std::vector<double>& base) {
            std::vector<double> ratios;
            for (std::size_t round = 0; round < base.size(); ++round)
                ratios.push_back(base[round] / taken[i][round]);
            return median(ratios);
        };
        for (std::size_t i = 0; i < all.size(); ++i) {
            const double rate = all[i].bytes / median(taken[i]);
            lines[i] += fmt::format(
                " | {:7.3f} {:5.1f} {:3.0f} % {:6.2f} {:>6}", 1e3 * median(taken[i]), rate / 1e9,
                100 * rate / ceiling.of(threads), timesAsFast(i, taken.front()),
                hasPeer ? fmt::format("{:.2f}", timesAsFast(i, taken.back())) : "-");
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        fmt::print("{:46}{}\n", all[i].name, lines[i]);
    fmt::print("plain loops read {:.1f} GB/s on one thread, {:.1f} on two\n", ceiling.of(1) / 1e9,
               ceiling.of(2) / 1e9);
    std::fflush(stdout);
}

std::vector<SharedWeights> copiesOf(std::size_t bytes, std::int64_t each,
                                    const std::function<SharedWeights(std::uint64_t)>& make)
{
    std::vector<SharedWeights> matrices(bytes / static_cast<std::size_t>(each) + 1);
    parallelFor(matrices.size(), [&](std::size_t i) { matrices[i] = make(i); });
    return matrices;
}

// F32 weights of so many bytes. They own what they read.
std::vector<SharedWeights> denseMatrices(const Size& size, std::size_t bytes)
{
    const auto count = static_cast<std::size_t>(size.outputs * size.inputs);
    return copiesOf(bytes, size.outputs * size.inputs * 4, [&](std::uint64_t i) -> SharedWeights {
        const auto values =
            std::make_shared<const std::vector<float>>(count, 0.01f * static_cast<float>(i + 1));
        const auto* from = reinterpret_cast<const std::byte*>(values->data());
        return {new kernels::DenseWeights(DType::f32, from, size.outputs, size.inputs),
                [values](const kernels::WeightMatrix* weights) { delete weights; }};
    });
}

struct NamedShape {
    std::string name;
    CodesShape shape;
};

// What the paper stores: scales of powers of two for blocks or columns.
std::vector<NamedShape> shiftAddShapes(const Size& size, int bits)
{
    const auto [outputs, inputs] = size;
    return {{fmt::format("{} bit, blocks N/8 x 8, powers", bits),
             {outputs, inputs, bits, outputs / 8, 8, ScaleForm::powers}},
            {fmt::format("{} bit, whole columns, powers", bits),
             {outputs, inputs, bits, outputs, 1, ScaleForm::powers}}};
}

std::vector<NamedShape> otherShapes(const Size& size)
{
    const auto [outputs, inputs] = size;
    return {{"3 bit, blocks N/8 x 8, floats", {outputs, inputs, 3, outputs / 8, 8}},
            {"3 bit, blocks 16 x 8, powers", {outputs, inputs, 3, 16, 8, ScaleForm::powers}},
            {"3 bit, blocks 16 x 8, floats", {outputs, inputs, 3, 16, 8}},
            {"3 bit, columns 128 x 1, powers", {outputs, inputs, 3, 128, 1, ScaleForm::powers}},
            {"3 bit, rows 1 x 128, floats", {outputs, inputs, 3, 1, 128}},
            {"3 bit, rows 1 x 128, powers", {outputs, inputs, 3, 1, 128, ScaleForm::powers}},
            {"4 bit, rows 1 x 128, grid", {outputs, inputs, 4, 1, 128, ScaleForm::grid, true}}};
}

std::vector<SharedWeights> binaryMatrices(const CodesShape& shape, std::size_t bytes)
{
    return copiesOf(bytes, shape.outputs * shape.inputs * shape.planes / 8, [&](std::uint64_t i) {
        return kernels::BinaryWeights::make(tests::randomCodes(shape, i)).value();
    });
}

// A line for each family and width of inputs, on the same matrices.
void addFamilies(const NamedShape& named, std::size_t bytes,
                 const std::shared_ptr<const std::vector<float>>& x, std::vector<Contender>& all)
{
    const auto matrices = binaryMatrices(named.shape, bytes);
    for (const int inputBits : {16, 8})
        for (const auto family : {BinaryFamily::dots, BinaryFamily::lookups}) {
            std::vector<SharedWeights> multiplied;
            for (const SharedWeights& each : matrices)
                multiplied.push_back(static_cast<const kernels::BinaryWeights&>(*each).withProduct(
                    {family, inputBits}));
            all.push_back(contender(fmt::format("{}, {} int{}", named.name,
                                                family == BinaryFamily::dots ? "dots" : "look-ups",
                                                inputBits),
                                    std::move(multiplied), x));
        }
}

bool addPeer(PeerType type, const Size& size, std::size_t bytes, std::vector<Contender>& all)
{
    const std::shared_ptr products = PeerProducts::make(type, size.outputs, size.inputs, bytes);
    if (!products) {
        fmt::print("{} is left out: {}\n", peerTypeName(type),
                   LlamaCpp::find() ? "llama.cpp has no place for such weights"
                                    : "llama.cpp is not in " + llamaCppFolder().string() +
                                          ", packaging/install peers fetches it");
        return false;
    }
    all.push_back({fmt::format("llama.cpp {} in {}", peerTypeName(type), products->place()),
                   static_cast<double>(products->matrixBytes()),
                   [products](int threads) { return products->seconds(threads); }});
    return true;
}

void measureBits(const Size& size, int bits, PeerType peer, const std::vector<SharedWeights>& dense,
                 const Setting& setting, Ceiling& ceiling)
{
    const std::string title = fmt::format("{}, {} bit", size.name(), bits);
    if (!setting.has(title))
        return;
    fmt::print("\n{:46} | one thread: ms, GB/s, share, x F32, x peer | two threads\n", title);
    const auto x = std::make_shared<const std::vector<float>>(normalValues(size.inputs, 2));
    std::vector<Contender> all = {contender("F32", dense, x)};
    setThreadCount(0);
    for (const NamedShape& named : shiftAddShapes(size, bits))
        addFamilies(named, setting.bytes, x, all);
    const bool hasPeer = addPeer(peer, size, setting.bytes, all);
    race(all, hasPeer, setting, ceiling);
}

// Q8_0, ours and the peer's, and layouts that are no ShiftAddLLM.
void measureOthers(const Size& size, const std::vector<SharedWeights>& dense,
                   const Setting& setting, Ceiling& ceiling)
{
    const auto x = std::make_shared<const std::vector<float>>(normalValues(size.inputs, 2));
    const Contender f32 = contender("F32", dense, x);
    fmt::print("\n{:46} | one thread: ms, GB/s, share, x F32, x peer | two threads\n", size.name());
    setThreadCount(0);
    std::vector<Contender> eight = {
        f32, contender(
                 "Q8_0",
                 copiesOf(setting.bytes, size.outputs * size.inputs / 32 * 34,
                          [&](std::uint64_t i) {
                              return kernels::Q8Weights::quantize(*dense[i % dense.size()]).value();
                          }),
                 x)};
    const bool hasPeer = addPeer(PeerType::q8_0, size, setting.bytes, eight);
    race(eight, hasPeer, setting, ceiling);
    eight.clear();
    for (const NamedShape& named : otherShapes(size)) {
        std::vector<Contender> all = {f32};
        setThreadCount(0);
        addFamilies(named, setting.bytes, x, all);
        race(all, false, setting, ceiling);
    }
}

// Two and three vectors at once on the way of one, more on decoded weights.
void measureRows(const Size& size, const Setting& setting)
{
    setThreadCount(0);
    std::vector<std::pair<std::string, std::vector<SharedWeights>>> layouts = {
        {"F32", denseMatrices(size, setting.bytes)}};
    auto shapes = shiftAddShapes(size, 3);
    shapes.push_back(otherShapes(size)[1]);
    for (const NamedShape& named : shapes)
        for (const auto family : {BinaryFamily::dots, BinaryFamily::lookups}) {
            layouts.emplace_back(fmt::format("{}, {}", named.name,
                                             family == BinaryFamily::dots ? "dots" : "look-ups"),
                                 std::vector<SharedWeights>());
            for (const SharedWeights& each : binaryMatrices(named.shape, setting.bytes / 8))
                layouts.back().second.push_back(
                    static_cast<const kernels::BinaryWeights&>(*each).withProduct({family, 16}));
        }
    for (const std::int64_t rows : {1, 2, 3, 4, 32, 512}) {
        fmt::print("\n{}, {} rows at once: one thread | two threads, ms\n", size.name(), rows);
        const auto x = normalValues(rows * size.inputs, 2);
        for (auto& [name, matrices] : layouts) {
            const std::vector<SharedWeights> used(
                matrices.begin(), rows < 32 ? matrices.end() : matrices.begin() + 1);
            fmt::print("{:46}", name);
            for (const int threads : {1, 2}) {
                setThreadCount(threads);
                std::vector<double> taken;
                for (int round = 0; round < setting.rounds; ++round)
                    taken.push_back(secondsOfProduct(used, x, rows));
                fmt::print(" | {:8.3f}", 1e3 * median(taken));
            }
            fmt::print("\n");
            std::fflush(stdout);
        }
    }
}

void measure(const Setting& setting)
{
    const Size square{4096, 4096}, wide{4096, 11008};
    if (setting.only == "rows")
        return measureRows(square, setting);
    fmt::print("last cache {} MiB, {} MiB of each kind of weights take turns\n",
               kernels::lastCacheBytes() >> 20, setting.bytes >> 20);
    Ceiling ceiling(setting.bytes);
    for (const Size& size : {square, wide}) {
        setThreadCount(0);
        const auto dense = denseMatrices(size, setting.bytes);
        if (setting.only == "more") {
            measureOthers(size, dense, setting, ceiling);
            continue;
        }
        measureBits(size, 4, PeerType::q4_0, dense, setting, ceiling);
        measureBits(size, 3, PeerType::q3_K, dense, setting, ceiling);
        measureBits(size, 2, PeerType::q2_K, dense, setting, ceiling);
    }
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    bench::Setting setting;
    setting.rounds = std::max(count > 1 ? std::atoi(arguments[1]) : 5, 1);
    const int mebibytes = count > 2 ? std::atoi(arguments[2]) : 0;
    setting.bytes =
        mebibytes > 0 ? static_cast<std::size_t>(mebibytes) << 20 : 4 * kernels::lastCacheBytes();
    setting.only = count > 3 ? arguments[3] : "";
    bench::measure(setting);
    return 0;
}
