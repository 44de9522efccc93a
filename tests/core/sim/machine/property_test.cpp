// What must hold for every accelerator, workload and setting: 100,000 random runs.
#include "core/base/random.h"
#include "core/sim/cost/array_model.h"
#include "tests/core/sim/simulated.h"

#include <cmath>
#include <numeric>

namespace vitrine::sim
{
namespace
{

constexpr int kRuns = 100'000;

// Small sizes often, large ones now and then.
std::int64_t size(Random& random, std::int64_t most)
{
    const double decades = std::log(static_cast<double>(most));
    return 1 + static_cast<std::int64_t>(std::exp(random.uniform() * decades)) % most;
}

Layer randomLayer(Random& random, int index)
{
    const std::string name = "l" + std::to_string(index);
    Layer layer;
    switch (random.below(8)) {
    case 0: {
        const std::int64_t side = size(random, 64),
                           stride = 1 + static_cast<std::int64_t>(random.below(2));
        layer.shape =
            model::convShape(name, size(random, 300), size(random, 300), side * stride, side,
                             1 + 2 * static_cast<std::int64_t>(random.below(3)), stride);
        break;
    }
    case 1: {
        const std::int64_t channels = size(random, 300), side = size(random, 64);
        layer.shape = model::convShape(name, channels, channels, side, side, 3, 1, channels);
        break;
    }
    case 2:
        layer.shape = model::productShape(name, LayerKind::scores, size(random, 16),
                                          size(random, 300), size(random, 300), size(random, 100));
        break;
    case 3:
        layer.shape = model::elementShape(name, LayerKind::softmax, size(random, 300),
                                          size(random, 300), size(random, 16));
        break;
    case 4:
        layer.shape = model::productShape(name, LayerKind::values, size(random, 16),
                                          size(random, 300), size(random, 100), size(random, 300));
        break;
    case 5: {
        const std::int64_t dim = size(random, 64), tokens = size(random, 300),
                           heads = size(random, 16);
        layer.shape = random.below(2)
                          ? model::productShape(name, LayerKind::context, heads, dim, dim, tokens)
                          : model::productShape(name, LayerKind::lookup, heads, tokens, dim, dim);
        break;
    }
    case 6:
        layer.shape =
            model::elementShape(name, LayerKind::norm, size(random, 300), size(random, 300));
        break;
    default:
        layer.shape = model::linearShape(name, size(random, 1000), size(random, 3000),
                                         size(random, 3000), true);
    }
    layer.shape.module = random.below(2) ? "a" : "b";
    layer.primitive = static_cast<Primitive>(random.below(4));
    layer.bitsIn = layer.bitsOut = 4 << random.below(2);
    layer.bitsWeight = 2 << random.below(3);
    layer.chain = static_cast<int>(random.below(3));
    return layer;
}

// A pointwise layer behind a depthwise one now and then, so that engines overlap.
Workload randomWorkload(Random& random)
{
    Workload workload{"random", "random", {}};
    const int layers = 1 + static_cast<int>(random.below(4));
    for (int i = 0; i < layers; ++i) {
        workload.layers.push_back(randomLayer(random, i));
        const model::LayerShape& last = workload.layers.back().shape;
        if (last.kind != LayerKind::depthwise)
            continue;
        Layer pointwise;
        pointwise.shape = model::convShape("pw", last.conv.outChannels, size(random, 300),
                                           last.conv.outWidth, last.conv.outWidth, 1, 1);
        workload.layers.push_back(std::move(pointwise));
    }
    Layer last; // so that there is something for every machine
    last.shape =
        model::linearShape("last", size(random, 100), size(random, 100), size(random, 100), true);
    workload.layers.push_back(std::move(last));
    return workload;
}

Settings randomSettings(Random& random, const Accelerator& accelerator)
{
    Settings settings = defaultSettings(accelerator.parameters);
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const Parameter& p = accelerator.parameters[i];
        if (random.below(3) > 0)
            continue;
        if (p.kind == ParameterKind::real) {
            settings[i] =
                std::clamp(settings[i] * std::exp(2 * random.normal()), p.minimum, p.maximum);
        } else if (p.kind == ParameterKind::integer) {
            const auto most = static_cast<std::int64_t>(std::min(p.maximum, 300.0));
            settings[i] = std::max(p.minimum, static_cast<double>(size(random, most)));
        } else {
            settings[i] =
                static_cast<double>(random.below(static_cast<std::uint64_t>(p.maximum) + 1));
        }
    }
    return settings;
}

class Checked
{
public:
    Checked(const Accelerator& accelerator, const Workload& workload, const Settings& settings,
            const SimResult& result)
        : accelerator_(accelerator), workload_(workload), settings_(settings), r_(result)
    {
    }

    void all() const
    {
        sums();
        macs();
        bounds();
        traffic();
        schedule();
    }

private:
    double parameter(const char* name) const
    {
        const int index = parameterIndex(accelerator_.parameters, name);
        return index < 0 ? 0 : settings_[static_cast<std::size_t>(index)];
    }

    void sums() const
    {
        double cycles = 0, energy = 0;
        Traffic dram, sram;
        for (const LayerResult& layer : r_.layers) {
            cycles += layer.cycles;
            energy += std::accumulate(layer.energy.begin(), layer.energy.end(), 0.0);
            dram += layer.dram;
            sram += layer.sram;
            for (const double part : layer.energy)
                ASSERT_GE(part, 0);
        }
        ASSERT_NEAR(cycles, r_.cycles, 1e-9 * r_.cycles);
        ASSERT_NEAR(energy * 1e-12, r_.joule(), 1e-12 * r_.joule());
        ASSERT_EQ(dram, r_.dram);
        ASSERT_EQ(sram, r_.sram);
    }

    // Every machine executes what the layer holds, but for those whose paper says otherwise.
    void macs() const
    {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < r_.layers.size(); ++i) {
            sum += r_.layers[i].macs;
            const model::LayerShape& s = workload_.layers[i].shape;
            const bool attention = s.kind == LayerKind::scores || s.kind == LayerKind::values;
            if (accelerator_.id == "vitality" && attention)
                ASSERT_EQ(r_.layers[i].macs, attentionMacs(s));
            else
                ASSERT_EQ(r_.layers[i].macs, s.macs());
        }
        ASSERT_EQ(sum, r_.macs);
    }

    std::int64_t attentionMacs(const model::LayerShape& s) const
    {
        if (parameter("design") == 1) // Sanger keeps a share
            return static_cast<std::int64_t>(static_cast<double>(s.macs()) * parameter("rho"));
        if (s.kind == LayerKind::scores)
            return s.batch * s.n * s.k * s.k;
        return s.batch * s.m * s.n * (s.n + (parameter("skip_denominator") == 1 ? 0 : 1));
    }

    void bounds() const
    {
        ASSERT_GT(r_.utilisation(), 0);
        ASSERT_LE(r_.utilisation(), 1);
        ASSERT_GE(r_.cycles * r_.peakMacsPerCycle, static_cast<double>(r_.macs) * (1 - 1e-9));
        ASSERT_GE(r_.stalledCycles, r_.computeCycles * (1 - 1e-12));
        ASSERT_NEAR(r_.cycles, parameter("memory") == 1 ? r_.stalledCycles : r_.computeCycles,
                    1e-9 * r_.cycles);
        // Roofline: MACs per cycle below the peak and below what the bandwidth feeds.
        if (parameter("memory") == 1 && r_.dram.total() > 0) {
            const double intensity =
                static_cast<double>(r_.macs) / static_cast<double>(r_.dram.total());
            ASSERT_LE(static_cast<double>(r_.macs) / r_.cycles,
                      attainable(r_.peakMacsPerCycle, r_.bytesPerCycle, intensity) * (1 + 1e-9));
        }
        for (const LayerResult& layer : r_.layers)
            ASSERT_LE(layer.utilisation, 1);
    }

    // Weights at least once, and what no layer before or behind can hold.
    void traffic() const
    {
        std::int64_t weights = 0;
        for (std::size_t i = 0; i < r_.layers.size(); ++i) {
            const Layer& layer = workload_.layers[i];
            int bits = layer.bitsWeight;
            if (accelerator_.id == "nvca" ||
                (accelerator_.id == "p2vit" && parameter("weight_bits") > 0))
                bits = static_cast<int>(parameter("weight_bits"));
            ASSERT_GE(r_.layers[i].dram.weights, bytesOf(layer.shape.weightElements(), bits));
            ASSERT_GE(r_.layers[i].dram.in, 0);
            ASSERT_GE(r_.layers[i].dram.out, 0);
            weights += bytesOf(layer.shape.weightElements(), bits);
        }
        const Layer& last = workload_.layers.back();
        const int outBits = accelerator_.id == "nvca"
                                ? static_cast<int>(parameter("activation_bits"))
                                : last.bitsOut;
        ASSERT_GE(r_.dram.total(), weights + bytesOf(last.shape.outputElements(), outBits));
    }

    // No unit is at two places, nothing ends before it begins or runs backwards.
    void schedule() const
    {
        for (const Interval& interval : r_.schedule) {
            ASSERT_GE(interval.start, 0);
            ASSERT_GE(interval.end, interval.start);
            ASSERT_LT(interval.unit, static_cast<int>(r_.units.size()));
            ASSERT_LT(interval.layer, static_cast<int>(r_.layers.size()));
        }
    }

    const Accelerator& accelerator_;
    const Workload& workload_;
    const Settings& settings_;
    const SimResult& r_;
};

TEST(Property, HoldsForRandomLayersAndConfigurations)
{
    Random random(20240611);
    const auto machines = accelerators();
    int ran = 0;
    for (int i = 0; i < kRuns; ++i) {
        const Accelerator& machine = machines[random.below(machines.size())];
        const Workload workload = randomWorkload(random);
        const Settings settings = randomSettings(random, machine);
        const auto result = simulate(workload, machine, settings);
        ASSERT_TRUE(result) << machine.id << ": " << result.error().message;
        SCOPED_TRACE(testing::Message() << "run " << i << ", " << machine.id);
        Checked(machine, workload, settings, *result).all();
        if (testing::Test::HasFatalFailure())
            return;
        ++ran;
    }
    EXPECT_EQ(ran, kRuns);
}

TEST(Property, EqualArgumentsGiveEqualResults)
{
    Random random(7);
    for (int i = 0; i < 2000; ++i) {
        const Accelerator& machine = accelerators()[random.below(accelerators().size())];
        const Workload workload = randomWorkload(random);
        const Settings settings = randomSettings(random, machine);
        const SimResult a = simulate(workload, machine, settings).value(),
                        b = simulate(workload, machine, settings).value();
        ASSERT_EQ(a.cycles, b.cycles);
        ASSERT_EQ(a.energy, b.energy);
        ASSERT_EQ(a.dram, b.dram);
    }
}

// Modes are ordered, exchanging m and n exchanges ws and is,
// a MAC takes a cycle of an element.
TEST(Property, ArrayModelsAreOrdered)
{
    Random random(11);
    for (int i = 0; i < kRuns; ++i) {
        const Product p{size(random, 4000), size(random, 4000), size(random, 4000)};
        const Array array{size(random, 256), size(random, 256)};
        for (const Dataflow dataflow : {Dataflow::os, Dataflow::ws, Dataflow::is}) {
            const double ideal = arrayCycles(p, array, dataflow, ArrayTime::ideal);
            const double preload = arrayCycles(p, array, dataflow, ArrayTime::preload);
            const double plain = arrayCycles(p, array, dataflow, ArrayTime::scalesim);
            ASSERT_LE(ideal, preload * (1 + 1e-12));
            ASSERT_LE(preload, plain);
            ASSERT_LE(arrayCounts(p, array, dataflow).mappingEfficiency, 1 + 1e-12);
        }
        ASSERT_EQ(arrayCounts(p, array, Dataflow::ws).cycles,
                  arrayCounts({p.n, p.m, p.k}, array, Dataflow::is).cycles);
    }
}

// Twice the clock is half the time and the same dynamic energy; energy units scale energy.
TEST(Property, ClockAndEnergyUnitsScale)
{
    for (const Accelerator& machine : accelerators()) {
        const char* workload = machine.workloads[0].c_str();
        const int clock = parameterIndex(machine.parameters, "clock_mhz");
        const double mhz = machine.parameters[static_cast<std::size_t>(clock)].fallback;
        const SimResult slow = tests::simulated(machine.id.c_str(), workload, {{"static_w", 0}});
        const SimResult fast = tests::simulated(machine.id.c_str(), workload,
                                                {{"static_w", 0}, {"clock_mhz", 2 * mhz}});
        EXPECT_DOUBLE_EQ(slow.seconds(), 2 * fast.seconds()) << machine.id;
        EXPECT_DOUBLE_EQ(slow.joule(), fast.joule()) << machine.id;
        const double node = machine
                                .parameters[static_cast<std::size_t>(
                                    parameterIndex(machine.parameters, "node_scale"))]
                                .fallback;
        const double dram =
            machine
                .parameters[static_cast<std::size_t>(parameterIndex(machine.parameters, "e_dram"))]
                .fallback;
        const SimResult dear =
            tests::simulated(machine.id.c_str(), workload,
                             {{"static_w", 0}, {"node_scale", 3 * node}, {"e_dram", 3 * dram}});
        if (parameterIndex(machine.parameters, "e_multiply") >= 0 && machine.id != "efficientvit" &&
            machine.id != "trio-vit") {
            EXPECT_NEAR(dear.joule(), 3 * slow.joule(), 1e-9 * dear.joule())
                << machine.id; // the two solve theirs
        }
    }
}

TEST(Property, WrongSizesAreRefusedByName)
{
    Workload workload = namedWorkload("deit-tiny").value();
    workload.layers[3].shape.m = 0;
    const auto zero =
        simulate(workload, accelerators()[0], defaultSettings(accelerators()[0].parameters));
    ASSERT_FALSE(zero);
    EXPECT_NE(zero.error().message.find(workload.layers[3].shape.name), std::string::npos)
        << zero.error().message;
    workload.layers[3].shape.m = kLargestSize;
    workload.layers[3].shape.n = kLargestSize;
    EXPECT_FALSE(check(workload));
    EXPECT_FALSE(check({"empty", "", {}}));
}

TEST(Property, SettingsOutsideTheirRangeAreRefused)
{
    for (const Accelerator& machine : accelerators())
        for (std::size_t i = 0; i < machine.parameters.size(); ++i) {
            Settings settings = defaultSettings(machine.parameters);
            EXPECT_TRUE(checkSettings(machine.parameters, settings)) << machine.id;
            settings[i] = machine.parameters[i].maximum + 1;
            EXPECT_FALSE(checkSettings(machine.parameters, settings))
                << machine.id << " " << machine.parameters[i].name;
            settings[i] = std::nan("");
            EXPECT_FALSE(checkSettings(machine.parameters, settings))
                << machine.id << " " << machine.parameters[i].name;
        }
}

} // namespace
} // namespace vitrine::sim
