#include "core/model/vision/attention_swap.h"

#include "core/model/vision/wrapped_checkpoint.h"

namespace vitrine::model
{
namespace
{

class SwappedCheckpoint final : public WrappedCheckpoint
{
public:
    SwappedCheckpoint(std::shared_ptr<const VisionCheckpoint> original, Network network)
        : WrappedCheckpoint(std::move(original)), network_(std::move(network))
    {
    }

    const Network& network() const override { return network_; }

private:
    Network network_;
};

} // namespace

Result<std::shared_ptr<const VisionCheckpoint>>
swapAttention(std::shared_ptr<const VisionCheckpoint> checkpoint, const AttentionForm& form)
{
    VITRINE_TRY(Network network, withAttention(checkpoint->network(), form));
    return std::make_shared<SwappedCheckpoint>(std::move(checkpoint), std::move(network));
}

} // namespace vitrine::model
