#include "core/learning/nets/superres/elab.h"

namespace vitrine::learning
{

using torch::Tensor;

LocalFeaturesImpl::LocalFeaturesImpl(int64_t channels)
    : conv0_(register_module("conv0", ShiftConv(channels, 2 * channels))),
      conv1_(register_module("conv1", ShiftConv(2 * channels, channels)))
{
}

Tensor LocalFeaturesImpl::forward(const Tensor& x)
{
    Tensor inner = conv0_(x);
    return conv1_(inner.relu_());
}

GroupAttentionImpl::GroupAttentionImpl(int64_t channels, const Windows& windows, Kind kind)
    : windows_(windows)
{
    const int64_t inner = kind == Kind::makesMaps ? 2 * channels : channels;
    auto inward = register_module("project_inp", Numbered());
    inward_ = inward->add(Pointwise(channels, inner));
    norm_ = inward->add(PixelNorm(inner));
    outward_ = register_module("project_out", Pointwise(channels, channels));
}

Attended GroupAttentionImpl::makeMaps(const Tensor& x)
{
    const Attended attended = attendInWindows(norm_(inward_(x)), windows_);
    return {outward_(attended.y), attended.maps};
}

Tensor GroupAttentionImpl::takeMaps(const Tensor& x, const WindowMaps& maps)
{
    return outward_(mixInWindows(norm_(inward_(x)), maps, windows_));
}

ElabImpl::ElabImpl(int64_t channels, const Windows& windows)
    : local0_(channels),
      local1_(channels),
      attention0_(channels, windows, GroupAttentionImpl::Kind::makesMaps),
      attention1_(channels, windows, GroupAttentionImpl::Kind::takesMaps)
{
    auto locals = register_module("modules_lfe", Named());
    auto attentions = register_module("modules_gmsa", Named());
    locals->add("lfe_0", local0_);
    locals->add("lfe_1", local1_);
    attentions->add("gmsa_0", attention0_);
    attentions->add("gmsa_1", attention1_);
}

Tensor ElabImpl::forward(const Tensor& input)
{
    Tensor x = input + local0_(input);
    const Attended attended = attention0_->makeMaps(x);
    x = x + attended.y;
    x = x + local1_(x);
    return x + attention1_->takeMaps(x, attended.maps);
}

} // namespace vitrine::learning
