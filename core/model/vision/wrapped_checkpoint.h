#pragma once

#include "core/model/vision/vision_checkpoint.h"

#include <memory>
#include <utility>

namespace vitrine::model
{

// A checkpoint that says what another says, for those that change one thing of it.
class WrappedCheckpoint : public VisionCheckpoint
{
public:
    explicit WrappedCheckpoint(std::shared_ptr<const VisionCheckpoint> original)
        : original_(std::move(original))
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
    const Network& network() const override { return original_->network(); }
    const Preprocessing& preprocessing() const override { return original_->preprocessing(); }
    const std::vector<std::string>& labels() const override { return original_->labels(); }

private:
    std::shared_ptr<const VisionCheckpoint> original_;
};

} // namespace vitrine::model
