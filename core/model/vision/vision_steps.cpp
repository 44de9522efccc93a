#include "core/model/vision/vision_steps.h"

#include "core/model/vision/linear_attention_steps.h"
#include "core/model/vision/product_steps.h"
#include "core/model/vision/row_steps.h"
#include "core/model/vision/shift_add_steps.h"
#include "core/model/vision/softmax_steps.h"
#include "core/model/vision/taylor_steps.h"

namespace vitrine::model
{

PassMatrix outputOf(const NetworkLayer& layer, std::span<const PassMatrix> inputs)
{
    if (hasShiftAddStep(layer))
        return shiftAddOutput(layer, inputs);
    const LayerShape& s = layer.shape;
    switch (s.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::grouped:
        return {nullptr, s.conv.outHeight * s.conv.outWidth, s.conv.outChannels};
    case LayerKind::values: {
        const std::int64_t windows = inputs[1].rows / s.k;
        return {nullptr, windows * s.m, s.batch / windows * s.n};
    }
    case LayerKind::lookup:
        return {nullptr, s.m, s.batch * s.n};
    case LayerKind::divisor:
        return inputs.size() == 1 ? PassMatrix{nullptr, s.batch * s.m, s.n}
                                  : PassMatrix{nullptr, s.m, s.batch * s.n};
    case LayerKind::pool:
        return {nullptr, 1, s.n};
    default:
        return {nullptr, s.batch * s.m, s.n};
    }
}

Result<std::unique_ptr<VisionStep>> makeStep(const NetworkLayer& layer, Function after,
                                             const Checkpoint& checkpoint)
{
    if (layer.isTaylor)
        return makeTaylorStep(layer);
    if (hasShiftAddStep(layer))
        return makeShiftAddStep(layer, after, checkpoint);
    switch (layer.shape.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::grouped:
    case LayerKind::linear:
        return makeProductStep(layer, after, checkpoint);
    case LayerKind::norm:
        return makeNormStep(layer, checkpoint);
    case LayerKind::activation:
        return makeActivationStep(layer.function);
    case LayerKind::add:
        return makeAddStep();
    case LayerKind::tokens:
        return makeTokensStep(layer, checkpoint);
    case LayerKind::select:
        return makeSelectStep(layer.offset);
    case LayerKind::pool:
        return makePoolStep();
    case LayerKind::concat:
        return makeConcatStep();
    case LayerKind::merge:
        return makeMergeStep();
    case LayerKind::windows:
    case LayerKind::joinWindows:
        return makeWindowsStep(layer);
    case LayerKind::scores:
        return makeScoresStep(layer, checkpoint);
    case LayerKind::softmax:
        return makeSoftmaxStep();
    case LayerKind::values:
        return makeValuesStep(layer.shape);
    case LayerKind::context:
        return makeContextStep(layer.shape);
    case LayerKind::divisor:
        if (layer.inputs.size() == 1)
            return makeKeySumsStep(layer.shape);
        return makeLookupStep(layer.shape);
    case LayerKind::lookup:
        return makeLookupStep(layer.shape);
    case LayerKind::divide:
        return makeDivideStep(layer.epsilon);
    default:
        return failure("layer \"{}\" ({}) has no step", layer.shape.name,
                       kindName(layer.shape.kind));
    }
}

} // namespace vitrine::model
