#include "core/learning/nets/codec/tables.h"

#include "core/learning/nets/codec/sha256.h"
#include "core/learning/nets/codec/vnw_parts.h"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace vitrine::learning::codec
{
namespace
{

TEST(Sha256, OfTheStandardsExamples)
{
    EXPECT_EQ(hexadecimal(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hexadecimal(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hexadecimal(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hexadecimal(sha256(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Tables, SumTo65536WithoutZeros)
{
    auto tables = gaussianTables();
    for (const double mean : {-300.4, 0.0, 0.5, 17.3})
        for (const double scale : {0.001, 0.3, 5.0, 200.0})
            tables.push_back(logisticTable(mean, scale));

    ASSERT_EQ(tables.size(), 64u + 16u);
    for (const Table& table : tables) {
        uint32_t sum = 0;
        for (const uint16_t frequency : table.frequencies) {
            EXPECT_GE(frequency, 1);
            sum += frequency;
        }
        EXPECT_EQ(sum, kFrequencySum);
    }
}

IntegerLayer drawnLayer(bool doubles, int64_t out, std::mt19937& random)
{
    IntegerLayer layer{doubles, kHyperChannels, out, {}, {}, {}};
    const auto count = static_cast<size_t>(out * layer.in * layer.kernel() * layer.kernel());
    for (size_t i = 0; i < count; ++i)
        layer.weights.push_back(static_cast<int8_t>(random()));
    for (int64_t i = 0; i < out; ++i) {
        layer.biases.push_back(static_cast<int32_t>(random() % (1u << 30)) - (1 << 29));
        layer.shifts.push_back(static_cast<int8_t>(static_cast<int>(random() % 56) - 24));
    }
    return layer;
}

// Weights, biases and shifts anywhere in their range, for a latent of two channels.
HyperCode drawnHyper(uint32_t seed)
{
    std::mt19937 random(seed);
    HyperCode hyper{std::vector<Table>(kHyperChannels, logisticTable(0.3, 0.8)), {}};
    hyper.decoder.layers = {drawnLayer(true, kHyperChannels, random),
                            drawnLayer(true, kHyperChannels, random), drawnLayer(false, 4, random)};
    for (size_t i = 0; i < hyper.decoder.thresholds.size(); ++i)
        hyper.decoder.thresholds[i] = static_cast<int16_t>(20 * static_cast<int>(i) - 600);
    return hyper;
}

std::string bytesOfHyper(const HyperCode& hyper)
{
    ByteSink to;
    putHyper(to, hyper);
    return to.bytes();
}

TEST(HyperParts, ComeBackAsTheyWere)
{
    const HyperCode hyper = drawnHyper(3);
    const std::string bytes = bytesOfHyper(hyper);

    ByteSource from(bytes);
    const HyperCode back = takeHyper(from);

    EXPECT_EQ(from.left(), 0u);
    EXPECT_EQ(bytesOfHyper(back), bytes);
    EXPECT_EQ(back.decoder.layers[2].weights, hyper.decoder.layers[2].weights);
    EXPECT_EQ(back.tables[31].frequencies, hyper.tables[31].frequencies);
}

// What is taken computes without leaving its ranges, which the sanitizers watch; the rest is
// refused.
TEST(HyperParts, MutatedAreRefusedOrCompute)
{
    const std::string bytes = bytesOfHyper(drawnHyper(4));
    std::mt19937 random(5);
    int refused = 0;
    for (int i = 0; i < 60; ++i) {
        std::string changed = bytes;
        for (int k = 0; k < 1 + i % 3; ++k)
            changed[random() % (i % 2 ? 200 : changed.size())] = static_cast<char>(random());
        if (i % 5 == 0)
            changed.resize(random() % changed.size());
        try {
            ByteSource from(changed);
            const HyperCode hyper = takeHyper(from);
            const IntegerPlanes extreme{kHyperChannels, 1, 1,
                                        std::vector<int16_t>(kHyperChannels, INT16_MIN)};
            const IntegerPlanes told = predict(hyper.decoder, extreme);
            ASSERT_EQ(told.values.size(), static_cast<size_t>(hyper.decoder.layers[2].out * 4 * 4));
            for (const int16_t value : told.values)
                ASSERT_LE(sigmaIndex(hyper.decoder, value), 63);
        } catch (const std::runtime_error&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 10);
    EXPECT_LT(refused, 60);
}

TEST(HyperParts, CountThresholdsThatAreReached)
{
    const IntegerHyper integer = drawnHyper(6).decoder;

    EXPECT_EQ(sigmaIndex(integer, INT16_MIN), 0);
    EXPECT_EQ(sigmaIndex(integer, INT16_MAX), 63);
    EXPECT_EQ(sigmaIndex(integer, integer.thresholds[10]), 11);
    EXPECT_EQ(sigmaIndex(integer, static_cast<int16_t>(integer.thresholds[10] - 1)), 10);
}

} // namespace
} // namespace vitrine::learning::codec
