#include "core/quant/operation_cost.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

CostedLayer blockLayer(WeightForm form, int planes = 3)
{
    return {.outputs = 64,
            .inputs = 32,
            .form = form,
            .planes = planes,
            .terms = form == WeightForm::shifted ? 3 : 0,
            .groupRows = 8,
            .groupColumns = 8,
            .storedBits = 64.0 * 32 * planes};
}

TEST(OperationCost, DenseLayerMultipliesOncePerWeight)
{
    const auto count = operationsOf(denseLayer(64, 32, 16), {});
    EXPECT_EQ(count.multiplies, 2048);
    EXPECT_EQ(count.adds, 2048);
    EXPECT_EQ(count.shifts + count.lookUps, 0);
    EXPECT_EQ(count.weightBits, 2048 * 16);
}

TEST(OperationCost, BlocksShiftWhatTheyLookUp)
{
    // 4 chunks of 8 inputs; 3 planes x 64 outputs x 4 chunks look-ups, each shifted by three terms.
    const auto count = operationsOf(blockLayer(WeightForm::shifted), {});
    EXPECT_EQ(count.multiplies, 0);
    EXPECT_EQ(count.lookUps, 3 * 64 * 4);
    EXPECT_EQ(count.shifts, 3 * 64 * 4 * 3);
    EXPECT_EQ(count.adds, 4 * (7 + 255) + 3 * 64 * 4 + 3 * 64 * 4 * 2);
}

TEST(OperationCost, ScaledInputsNeedATableForEveryPlaneAndGroupOfRows)
{
    const auto count =
        operationsOf(blockLayer(WeightForm::shifted), {.scalePlace = ScalePlace::inputs});
    EXPECT_EQ(count.shifts, 3 * 8 * 32 * 3);
    EXPECT_EQ(count.adds, 3 * 8 * 4 * (7 + 255) + 3 * 64 * 4 + 3 * 8 * 32 * 2);
}

TEST(OperationCost, ColumnsScaleInputsWhateverIsAsked)
{
    CostedLayer column = blockLayer(WeightForm::shifted);
    column.groupRows = 64, column.groupColumns = 1;
    const auto results = operationsOf(column, {});
    EXPECT_EQ(results.shifts, 3 * 32 * 3);
    EXPECT_EQ(results.shifts, operationsOf(column, {.scalePlace = ScalePlace::inputs}).shifts);
}

TEST(OperationCost, GroupsOfManyInputsScaleTheirSums)
{
    CostedLayer row = blockLayer(WeightForm::codes);
    row.groupRows = 1, row.groupColumns = 16;
    EXPECT_EQ(operationsOf(row, {}).multiplies, 3 * 64 * 2);
}

// ShiftAddLLM's own comparison at equal bits (section 13, check 13).
TEST(OperationCost, ShiftsCostLessThanMultiplicationsAtEqualBits)
{
    for (int planes = 1; planes <= 4; ++planes) {
        auto shifted = blockLayer(WeightForm::shifted, planes);
        shifted.terms = 1;
        const CostAssumptions assumptions;
        EXPECT_LT(
            energyOf(operationsOf(shifted, assumptions), assumptions).total(),
            energyOf(operationsOf(blockLayer(WeightForm::codes, planes), assumptions), assumptions)
                .total());
    }
}

TEST(OperationCost, TrafficIsCountedOnlyWhereAsked)
{
    const auto count = operationsOf(denseLayer(4, 4, 16), {});
    EXPECT_EQ(energyOf(count, {}).traffic, 16 * 200);
    EXPECT_EQ(energyOf(count, {.countTraffic = false}).traffic, 0);
    EXPECT_DOUBLE_EQ(energyOf(count, {}).total(), 16 * (200 + 1.1 + 0.4));
}

} // namespace
} // namespace vitrine::quant
