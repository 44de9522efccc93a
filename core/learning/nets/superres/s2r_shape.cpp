#include "core/learning/nets/superres/s2r_shape.h"

#include <algorithm>
#include <locale>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{

int64_t S2rShape::padding() const
{
    return *std::max_element(windows.begin(), windows.end());
}

S2rShape s2rShape(const std::string& name, int64_t scale)
{
    if (scale < 2 || scale > 4)
        throw std::runtime_error("scale " + std::to_string(scale) + " of " + name +
                                 " is not known; it may be 2, 3 or 4");
    if (name == "s2r")
        return {name, scale, 60, 10, {4, 8, 16}, true, true};
    if (name == "s2r-fast")
        return {name, scale, 30, 4, {4, 8, 16}, false, false};
    if (name == "s2r-live")
        return {name, scale, 30, 3, {4, 8, 8}, false, false};
    throw std::runtime_error("there is no super-resolution network \"" + name +
                             "\"; it may be s2r, s2r-fast or s2r-live");
}

std::vector<std::string> s2rNames()
{
    return {"s2r", "s2r-fast", "s2r-live"};
}

std::string s2rConfigJson(const S2rShape& shape)
{
    const auto truth = [](bool value) { return value ? "true" : "false"; };
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << "{\n"
        << "  \"architectures\": [\"S2R\"],\n"
        << "  \"model_type\": \"s2r\",\n"
        << "  \"name\": \"" << shape.name << "\",\n"
        << "  \"scale\": " << shape.scale << ",\n"
        << "  \"channels\": " << shape.channels << ",\n"
        << "  \"blocks\": " << shape.blocks << ",\n"
        << "  \"windows\": [" << shape.windows[0] << ", " << shape.windows[1] << ", "
        << shape.windows[2] << "],\n"
        << "  \"padding\": " << shape.padding() << ",\n"
        << "  \"head\": " << truth(shape.head) << ",\n"
        << "  \"deformable\": " << truth(shape.deformable) << ",\n"
        << "  \"mean\": [" << kS2rMean[0] << ", " << kS2rMean[1] << ", " << kS2rMean[2] << "],\n"
        << "  \"batch_norm_epsilon\": 1e-05,\n"
        << "  \"layer_norm_epsilon\": 1e-05,\n"
        << "  \"torch_dtype\": \"float16\"\n"
        << "}\n";
    return out.str();
}

} // namespace vitrine::learning
