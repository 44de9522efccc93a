#include "core/sim/claims/claims.h"

#include "tests/core/sim/simulated.h"

#include <cmath>

namespace vitrine::sim
{
namespace
{

// A misspelt parameter, metric or workload would silently leave our figure out.
TEST(Claims, EveryProbeGivesAFigure)
{
    for (const Accelerator& accelerator : accelerators())
        for (const evidence::Reference& row : references(accelerator)) {
            const auto& claim = static_cast<const Claim&>(*row.claim);
            EXPECT_EQ(row.ours.has_value(), claim.probe.metric != nullptr)
                << accelerator.id << ": " << claim.text;
            if (row.ours) {
                EXPECT_TRUE(std::isfinite(*row.ours)) << row.claim->text;
            }
            EXPECT_GT(std::string(row.claim->conditions).size(), 0u) << row.claim->text;
        }
}

TEST(Claims, BelongToAccelerators)
{
    for (const Claim& claim : claims())
        EXPECT_NE(findAccelerator(claim.subject), nullptr) << claim.text;
}

// What code and our own arithmetic say is reproduced; where a paper is missed, the table shows by
// how much.
TEST(Claims, WorkedFiguresAreReproduced)
{
    for (const Accelerator& accelerator : accelerators())
        for (const evidence::Reference& row : references(accelerator))
            if (row.ours && (row.claim->mark == Mark::code || row.claim->mark == Mark::ours)) {
                EXPECT_NEAR(*row.deviation, 0, 0.005) << accelerator.id << ": " << row.claim->text;
            }
}

// Deviations that the specifications state.
TEST(Claims, DeviationsFromThePapersAreAsStated)
{
    const auto deviations = [](const char* accelerator, const char* text) {
        std::vector<double> found;
        for (const evidence::Reference& row : references(*findAccelerator(accelerator)))
            if (row.claim->text == std::string(text) && row.deviation)
                found.push_back(100 * *row.deviation);
        return found;
    };
    const auto p2vit = deviations("p2vit", "GOPS per DSP, DeiT-Tiny");
    ASSERT_EQ(p2vit.size(), 2u);
    EXPECT_NEAR(p2vit[0], 4.0, 0.05);
    EXPECT_NEAR(p2vit[1], -0.4, 0.05);
    const auto fpga = deviations("efficientvit", "Throughput");
    ASSERT_EQ(fpga.size(), 3u);
    EXPECT_NEAR(fpga[0], 0.22, 0.005);
    EXPECT_NEAR(fpga[1], 1.46, 0.005);
    EXPECT_NEAR(fpga[2], 0.23, 0.005);
    const auto sanger = deviations("vitality", "Speed over Sanger");
    ASSERT_EQ(sanger.size(), 3u);
    EXPECT_NEAR(sanger[0], 24, 0.5);
    EXPECT_NEAR(sanger[1], 8, 1);
}

// Mean of the absolute errors, in points.
TEST(Claims, NasasSavingsAreNearThePapers)
{
    double cifar10 = 0, cifar100 = 0;
    for (const evidence::Reference& row : references(*findAccelerator("nasa"))) {
        const std::string text = row.claim->text;
        if (!text.starts_with("EDP saving, Hybrid"))
            continue;
        // The deviation of a saving is in points.
        (text.ends_with("CIFAR-100") ? cifar100 : cifar10) += std::abs(*row.deviation) / 7;
    }
    EXPECT_NEAR(cifar10, 5.0, 0.1);
    EXPECT_NEAR(cifar100, 4.4, 0.1);
}

} // namespace
} // namespace vitrine::sim
