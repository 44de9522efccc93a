#pragma once

#include "core/base/result.h"
#include "core/superres/tfjs/tfjs_model.h"
#include "core/tensor/kernels/convolution.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace vitrine::superres
{

// A TensorFlow.js network laid out for maps of one size. Holds at most
// topology.peakNumbers() * height * width numbers while it runs.
class TfjsNetwork
{
public:
    static Result<TfjsNetwork> make(std::shared_ptr<const TfjsModel> model, std::int64_t height,
                                    std::int64_t width);

    // x: [height, width, 3]; the result is [scale * height, scale * width, 3]. `goOn` is asked
    // between layers with the share of the work that is done; nothing comes back where it says no.
    // Bit-identical for every number of threads. Any thread, several at once.
    std::optional<std::vector<float>> run(std::vector<float> x,
                                          const std::function<bool(double share)>& goOn) const;

private:
    std::shared_ptr<const TfjsModel> model_;
    std::int64_t height_ = 0, width_ = 0;
    std::vector<std::optional<kernels::Convolution>> convolutions_; // one for each layer, or none
    std::vector<std::size_t> lastReaders_;
};

} // namespace vitrine::superres
