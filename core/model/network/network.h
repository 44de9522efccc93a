#pragma once

#include "core/base/result.h"
#include "core/model/checkpoint/checkpoint.h"
#include "core/model/network/layer_shape.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

enum class TensorUse {
    parameter, // trained
    statistic, // not trained, but a pass reads it: mean and variance of a batch normalisation
    unused,    // files may hold it, no pass reads it: counters, tables that follow from the sizes
};

// A tensor that a layer reads, under the name and with the shape that a checkpoint stores.
struct NetworkTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    TensorUse use = TensorUse::parameter;

    friend bool operator==(const NetworkTensor&, const NetworkTensor&) = default;
};

enum class Function { none, gelu, hardSwish, relu, silu, sigmoid }; // GELU: with erf

// One layer: what it is (name, kind, sizes), what it reads, and the tensors it needs.
struct NetworkLayer {
    LayerShape shape;
    // Layers before it whose outputs it reads, in the order of its operands; none: it reads the
    // network's input (pictures, ids).
    std::vector<std::size_t> inputs = {};
    std::vector<NetworkTensor> tensors = {};
    bool isInTable = true; // false: it moves or adds numbers, and no simulator counts it
    // Of LayerKind::windows and joinWindows: side of the square windows, and how far the map was
    // rolled up and to the left before. Of LayerKind::select: the row. Of LayerKind::scores of
    // windows: the side, and how far the map was rolled.
    std::int64_t side = 0, offset = 0;
    float epsilon = 0;                  // of LayerKind::norm and divide
    Function function = Function::none; // of LayerKind::activation
    // Of linear attention: ViTALiTy's, else that of EfficientViT. Of LayerKind::scores: what the
    // former leaves of softmax where a prediction exceeds the threshold (attention_form.h).
    bool isTaylor = false;
    double threshold = 0;
    // Tensors among `tensors` that are folded into the weights when they are read: of a batch
    // normalisation behind the layer (".running_mean" and its like; its epsilon), or a factor for
    // each output (layer scale). Empty: there is none.
    std::string batchNorm = {}, factor = {};
    float batchNormEpsilon = 0;
    // Of a method whose layers compute something else than their kind says: whose steps run it
    // ("shift-add", shift_add_network.h). Empty: its kind says it all.
    std::string method = {};
};

// What a network is, for one size of its input: its layers in the order in which they run. The only
// place where a network is written down: the tensors it needs, its table of layers and the plan of
// its forward pass follow from it.
struct Network {
    std::string name;  // "deit-tiny"
    std::string title; // "DeiT-Tiny, 224 x 224"
    std::vector<NetworkLayer> layers;

    std::int64_t macs() const;
    std::int64_t parameters() const; // trained numbers
};

// Every tensor of the network, in the order of the layers, each once (tied layers share one).
std::vector<NetworkTensor> tensorsOf(const Network& network);

// The layers that simulators and quantizers count, in order.
std::vector<LayerShape> layerTable(const Network& network);

// The forward pass as steps for the file that runs it: a step computes one layer from the outputs
// of its inputs; those in `released` are not read again. Outputs that no layer reads are the
// network's.
struct Step {
    std::size_t layer = 0;
    std::vector<std::size_t> inputs;   // as in the layer
    std::vector<std::size_t> released; // in order
};
std::vector<Step> forwardPlan(const Network& network);

// What a vision transformer's head tells apart; 0: it has none and gives features.
std::int64_t classesOf(const Network& network);

// The activation that is the only reader of a product, right behind it: both can be one step.
std::optional<std::size_t> activationBehind(const Network& network, std::size_t layer);

// What is to say of a checkpoint that holds all a network needs.
struct TensorCheck {
    std::vector<std::string> unexpected; // not part of the network, in order
    std::size_t doubles = 0;             // needed ones stored as F64
};

// Compares a checkpoint with the network. Input error that names the first tensor that is missing,
// has another shape, or is stored as anything but F32, F16, BF16 and F64; `place` is what the
// sentence calls the checkpoint, whose config.json is what the network follows from.
Result<TensorCheck> checkTensors(const Network& network, const Checkpoint& checkpoint,
                                 std::string_view place);

} // namespace vitrine::model
