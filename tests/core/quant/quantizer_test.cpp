#include "core/quant/quantizer.h"

#include "core/base/parallel.h"
#include "tests/core/quant/sample_layer.h"

#include <set>

namespace vitrine::quant
{
namespace
{

struct Case {
    const char* name;
    QuantSettings settings;
};

// Each quantizer in each of its layouts, with groups that fill the layer and with such that do not.
std::vector<Case> allCases()
{
    std::vector<Case> cases;
    for (const std::int64_t group : {0, 16, 24}) {
        cases.push_back({"rtn", {.bits = 4, .group = group}});
        cases.push_back({"rtn", {.bits = 3, .group = group, .symmetric = false}});
        cases.push_back({"rtn", {.bits = 8, .group = group, .symmetric = false}});
        cases.push_back({"optq", {.bits = 3, .group = group}});
        cases.push_back(
            {"optq", {.bits = 2, .group = group, .symmetric = false, .ordering = true}});
        for (const int terms : {0, 2}) {
            cases.push_back({"bcq", {.bits = 3, .group = group, .terms = terms}});
            for (const Layout layout : {Layout::column, Layout::block}) {
                cases.push_back(
                    {"bcq", {.layout = layout, .bits = 1, .group = group, .terms = terms}});
                cases.push_back(
                    {"shiftadd", {.layout = layout, .bits = 3, .group = group, .terms = terms}});
                cases.push_back({"shiftadd",
                                 {.layout = layout,
                                  .bits = 2,
                                  .group = group,
                                  .terms = terms,
                                  .restarts = 1,
                                  .ordering = true}});
            }
        }
    }
    return cases;
}

std::string textOf(const Case& each)
{
    return fmt::format("{} {} {} bits, group {}, {} terms{}", each.name,
                       layoutName(each.settings.layout), each.settings.bits, each.settings.group,
                       each.settings.terms, each.settings.ordering ? ", ordered" : "");
}

TEST(Quantizer, CodesDecodeToWhatIsSaidBitForBit)
{
    for (const auto& [outputs, inputs] : {std::pair{32, 64}, {37, 172}, {1, 5}, {9, 1}}) {
        const SampleLayer layer = sampleLayer(outputs, inputs);
        for (const Case& each : allCases()) {
            SCOPED_TRACE(textOf(each) + fmt::format(", {} x {}", outputs, inputs));
            const QuantizedLayer result = quantized(each.name, each.settings, layer);
            ASSERT_TRUE(result.codes);
            EXPECT_EQ(result.codes->planes, each.settings.bits);
            std::vector<float> rows(static_cast<std::size_t>(outputs * inputs));
            decodeRows(*result.codes, each.settings.bits, 0, outputs, rows.data());
            for (std::size_t i = 0; i < rows.size(); ++i)
                ASSERT_EQ(static_cast<double>(rows[i]), result.decoded.data()[i]) << i;
            EXPECT_NEAR(result.weightError,
                        (layer.weights - result.decoded).squaredNorm() / (outputs * inputs), 1e-15);
        }
    }
}

TEST(Quantizer, LossIsTheDampedErrorOfOutputs)
{
    const SampleLayer layer = sampleLayer(24, 172); // two blocks of columns
    for (const Case& each : allCases()) {
        const QuantizedLayer result = quantized(each.name, each.settings, layer);
        ASSERT_EQ(result.loss.has_value(),
                  each.name == std::string("optq") || each.name == std::string("shiftadd"));
        const Matrix d = layer.weights - result.decoded;
        const double lost = (d * layer.hessian * d.transpose()).trace();
        const double all = (layer.weights * layer.hessian * layer.weights.transpose()).trace();
        EXPECT_NEAR(*result.outputError / (lost / all), 1, 1e-9) << textOf(each);
        if (!result.loss)
            continue;
        const double damped = lost + 0.01 * layer.hessian.diagonal().mean() * d.squaredNorm();
        EXPECT_NEAR(*result.loss / damped, 1, 1e-10) << textOf(each);
    }
}

TEST(Quantizer, CompensationLosesLessThanItsAbsenceAndThatLessThanRounding)
{
    const SampleLayer layer = sampleLayer(64, 128);
    for (const int bits : {2, 3}) {
        const auto error = [&](const char* name, QuantSettings settings) {
            settings.bits = bits;
            return *quantized(name, settings, layer).outputError;
        };
        const double rounded = error("rtn", {});
        EXPECT_LT(error("bcq", {}), rounded);
        EXPECT_LT(error("optq", {}), rounded);
        for (const Layout layout : {Layout::column, Layout::block}) {
            const double plain = error("bcq", {.layout = layout, .terms = 3});
            const double with = error("shiftadd", {.layout = layout, .terms = 3});
            EXPECT_LT(plain, rounded);
            EXPECT_LT(with, 0.8 * plain);
            EXPECT_LT(error("shiftadd", {.layout = layout, .terms = 3, .ordering = true}),
                      0.8 * plain);
            EXPECT_EQ(error("shiftadd", {.layout = layout, .terms = 3, .compensate = false}),
                      plain);
        }
    }
}

TEST(Quantizer, InputsWithoutCorrelationLeaveNothingToCompensate)
{
    SampleLayer layer = sampleLayer(24, 40);
    layer.hessian = 3.0 * Matrix::Identity(40, 40);
    for (Case each : allCases()) {
        const QuantizedLayer with = quantized(each.name, each.settings, layer);
        if (!with.loss)
            continue;
        each.settings.compensate = false;
        each.settings.ordering = false;
        EXPECT_EQ(with.decoded, quantized(each.name, each.settings, layer).decoded) << textOf(each);
    }
}

TEST(Quantizer, BlocksHaveAsManyScalesAsColumns)
{
    const SampleLayer layer = sampleLayer(64, 32);
    const auto column =
        quantized("shiftadd", {.layout = Layout::column, .bits = 2, .terms = 3}, layer);
    const auto block =
        quantized("shiftadd", {.layout = Layout::block, .bits = 2, .terms = 3}, layer);
    EXPECT_EQ(column.codes->scales.size(), block.codes->scales.size());
    EXPECT_EQ(column.codes->bitsPerWeight(), 2 + 2 * 8.0 * 3 / 64); // section 4
    EXPECT_EQ(block.codes->groupRows, 8);
    for (Eigen::Index row = 0; row < 64; row += 8)
        for (Eigen::Index input = 0; input < 32; input += 8) {
            const Matrix part = block.decoded.block(row, input, 8, 8);
            EXPECT_LE((std::set(part.data(), part.data() + part.size())).size(), 4u);
        }
}

TEST(Quantizer, ResultDoesNotDependOnTheNumberOfThreads)
{
    const SampleLayer layer = sampleLayer(300, 136); // two parts of rows
    for (const Case& each : allCases()) {
        if (each.settings.group != 24)
            continue;
        setThreadCount(1);
        const QuantizedLayer alone = quantized(each.name, each.settings, layer);
        setThreadCount(4);
        const QuantizedLayer together = quantized(each.name, each.settings, layer);
        setThreadCount(0);
        EXPECT_EQ(alone.decoded, together.decoded) << textOf(each);
        EXPECT_EQ(alone.codes->scales, together.codes->scales);
        EXPECT_EQ(alone.roundErrors, together.roundErrors);
        EXPECT_EQ(alone.loss, together.loss);
        EXPECT_EQ(alone.outputError, together.outputError);
    }
}

TEST(Quantizer, RoundErrorsAreThoseOfTheWeightsWhereNothingIsCompensated)
{
    const SampleLayer layer = sampleLayer(32, 64);
    const auto result = quantized("bcq", {.bits = 3, .rounds = 10}, layer);
    ASSERT_EQ(result.roundErrors.size(), 11u);
    EXPECT_NEAR(result.roundErrors.back() / result.weightError, 1, 1e-3); // half precision
    EXPECT_GT(result.roundErrors.front(), result.roundErrors.back());
    EXPECT_TRUE(quantized("rtn", {}, layer).roundErrors.empty());
}

TEST(Quantizer, RestartsAreNeverWorse)
{
    const SampleLayer layer = sampleLayer(32, 64);
    const double once = quantized("bcq", {.bits = 4, .group = 16}, layer).weightError;
    const double often =
        quantized("bcq", {.bits = 4, .group = 16, .restarts = 10, .seed = 3}, layer).weightError;
    EXPECT_LT(often, once);
    EXPECT_EQ(
        often,
        quantized("bcq", {.bits = 4, .group = 16, .restarts = 10, .seed = 3}, layer).weightError);
}

TEST(Quantizer, InputsThatNeverComeAreTakenAsZeroByCompensation)
{
    SampleLayer layer = sampleLayer(16, 24);
    layer.hessian.row(5).setZero();
    layer.hessian.col(5).setZero();
    const auto column = quantized("shiftadd", {.layout = Layout::column}, layer);
    EXPECT_EQ(column.decoded.col(5), Eigen::VectorXd::Zero(16));
    EXPECT_EQ(quantized("optq", {.ordering = true}, layer).decoded.col(5),
              Eigen::VectorXd::Zero(16));
    EXPECT_GT(*column.outputError, 0);
}

TEST(Quantizer, CancelledWorkSaysSo)
{
    const SampleLayer layer = sampleLayer(8, 300);
    for (const Quantizer& each : quantizers()) {
        double last = 0;
        const QuantSettings settings{.layout = each.layouts.front()};
        const auto result =
            quantize(each, settings, {layer.weights, &layer.hessian, [&](double share) {
                                          last = share;
                                          return share < 0.5;
                                      }});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
        EXPECT_NEAR(last, 256.0 / 300, 1e-12);
    }
}

TEST(Quantizer, WhatAQuantizerDoesNotDoIsRefusedByName)
{
    const SampleLayer layer = sampleLayer(16, 24);
    const auto refusal = [&](const char* name, const QuantSettings& settings,
                             ErrorKind kind = ErrorKind::argument) {
        const auto result =
            quantize(*findQuantizer(name), settings, {layer.weights, &layer.hessian, {}});
        EXPECT_FALSE(result) << name;
        if (result)
            return std::string();
        EXPECT_EQ(result.error().kind, kind);
        return result.error().message;
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(refusal("rtn", {.bits = 9}), "9 bits"));
    EXPECT_TRUE(has(refusal("bcq", {.bits = 5}), "5 bits; bcq has 1 to 4"));
    EXPECT_TRUE(has(refusal("optq", {.bits = 0}), "0 bits"));
    EXPECT_TRUE(has(refusal("rtn", {.layout = Layout::block}), "\"block\"; it has row"));
    EXPECT_TRUE(has(refusal("shiftadd", {}), "no layout \"row\"; it has block, column"));
    EXPECT_TRUE(has(refusal("bcq", {.group = -1}), "-1 weights"));
    EXPECT_TRUE(has(refusal("bcq", {.layout = Layout::block, .group = 12}), "multiple of 8"));
    EXPECT_TRUE(has(refusal("rtn", {.bits = 1}), "1 bit"));
    EXPECT_TRUE(has(refusal("rtn", {.terms = 3}), "terms"));
    EXPECT_TRUE(has(refusal("optq", {.restarts = 1}), "restarts"));
    EXPECT_TRUE(has(refusal("bcq", {.symmetric = false}), "zero point"));
    EXPECT_TRUE(has(refusal("bcq", {.terms = 5}), "5 powers"));
    EXPECT_TRUE(has(refusal("bcq", {.rounds = -1}), "-1 rounds"));
    EXPECT_TRUE(has(refusal("bcq", {.compensate = true}), "bcq does not compensate"));
    EXPECT_TRUE(has(refusal("rtn", {.compensate = true}), "rtn does not compensate"));
    EXPECT_TRUE(has(refusal("bcq", {.ordering = true}), "ordering"));
    EXPECT_TRUE(has(refusal("optq", {.compensate = false, .ordering = true}), "ordering"));
    EXPECT_TRUE(has(refusal("optq", {.damping = NAN}), "damping"));
    EXPECT_TRUE(has(refusal("optq", {.incoherence = true}), "incoherence"));
    EXPECT_TRUE(
        has(refusal("shiftadd", {.layout = Layout::block, .incoherence = true}), "incoherence"));
    EXPECT_TRUE(has(findQuantizer("awq").error().message, "rtn, optq, bcq, shiftadd"));
}

TEST(Quantizer, WeightsAndHessiansThatCannotBeAreRefused)
{
    SampleLayer layer = sampleLayer(4, 6);
    const Quantizer optq = *findQuantizer("optq");
    const auto refusal = [&](const Matrix& weights, const Matrix* hessian) {
        const auto result = quantize(optq, {}, {weights, hessian, {}});
        return result ? std::string() : result.error().message;
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(refusal(layer.weights, nullptr), "optq needs activations"));
    EXPECT_TRUE(has(refusal(Matrix(0, 6), &layer.hessian), "0 x 6"));
    Matrix broken = layer.weights;
    broken(2, 3) = NAN;
    EXPECT_TRUE(has(refusal(broken, &layer.hessian), "[2, 3] is nan"));
    broken(2, 3) = -7e4;
    EXPECT_TRUE(has(refusal(broken, &layer.hessian), "65504"));
    const Matrix wide = Matrix::Identity(7, 7);
    EXPECT_TRUE(has(refusal(layer.weights, &wide), "7 x 7 for 6 inputs"));
    Matrix askew = layer.hessian;
    askew(0, 1) *= 2;
    EXPECT_TRUE(has(refusal(layer.weights, &askew), "symmetric"));
    askew = layer.hessian;
    askew(3, 3) = INFINITY;
    EXPECT_TRUE(has(refusal(layer.weights, &askew), "finite"));
    const Matrix flat = Matrix::Ones(6, 6);
    const auto result = quantize(optq, {.damping = 0}, {layer.weights, &flat, {}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::failed);
}

} // namespace
} // namespace vitrine::quant
