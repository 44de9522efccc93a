#pragma once

#include "core/quant/vision/integer_steps.h"

// Layers of maps that a ViT does not have, in whole numbers.
namespace vitrine::quant
{

// Convolutions that do not tile their map, grids whose 0 is another code than 0, and Hardswish.
bool isMapProduct(const StepGrids& at, const CodedProduct& work);
// Input error where a bias or a sum may not fit 32 bits; it names the layer.
Result<std::unique_ptr<IntegerStep>> makeMapProductStep(const StepGrids& at,
                                                        const CodedProduct& work);

// Two maps side by side.
std::unique_ptr<IntegerStep> makeConcatStep();
std::unique_ptr<IntegerStep> makePoolStep(const StepGrids& at, const CodedPool& work);
std::unique_ptr<IntegerStep> makeTableStep(const StepGrids& at, const CodedTable& work);

} // namespace vitrine::quant
