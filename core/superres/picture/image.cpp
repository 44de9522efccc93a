#include "core/superres/picture/image.h"

#include <algorithm>

namespace vitrine::superres
{

Image blankImage(std::int64_t width, std::int64_t height)
{
    return {width, height, std::vector<float>(static_cast<std::size_t>(width * height * 3))};
}

Image imageOf(const Picture& picture)
{
    Image image = blankImage(picture.width, picture.height);
    const std::size_t step = picture.channels == 1 ? 1 : 3;
    for (std::size_t i = 0; i < image.values.size(); ++i) {
        const std::size_t from = step == 1 ? i / 3 : i;
        image.values[i] = static_cast<float>(picture.values[from]) / 255.0f;
    }
    return image;
}

Picture pictureOf(const Image& image)
{
    Picture picture{image.width, image.height, 3, {}};
    picture.values.reserve(image.values.size());
    for (const float value : image.values)
        picture.values.push_back(
            static_cast<std::uint8_t>(std::clamp(value, 0.0f, 1.0f) * 255.0f + 0.5f));
    return picture;
}

} // namespace vitrine::superres
