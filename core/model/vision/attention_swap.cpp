#include "core/model/vision/attention_swap.h"

namespace vitrine::model
{
namespace
{

class SwappedCheckpoint final : public VisionCheckpoint
{
public:
    SwappedCheckpoint(std::shared_ptr<const VisionCheckpoint> original, Network network)
        : original_(std::move(original)), network_(std::move(network))
    {
    }

    std::vector<std::string> tensorNames() const override { return original_->tensorNames(); }
    bool has(const std::string& name) const override { return original_->has(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        return original_->tensor(name);
    }
    const kernels::BinaryCodes* codes(const std::string& name) const override
    {
        return original_->codes(name);
    }
    std::vector<std::filesystem::path> files() const override { return original_->files(); }
    std::vector<std::string> notes() const override { return original_->notes(); }

    const std::string& family() const override { return original_->family(); }
    const Network& network() const override { return network_; }
    const Preprocessing& preprocessing() const override { return original_->preprocessing(); }
    const std::vector<std::string>& labels() const override { return original_->labels(); }

private:
    std::shared_ptr<const VisionCheckpoint> original_;
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
