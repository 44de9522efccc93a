// Renders resources/clips/lake.mkv, the clip of the study "Video duel": an evening over a lake, a
// balloon that drifts by, reeds in front, film grain. Everything in it is computed here.
//   make_lake FILE [frames = 96] [first frame = 0]
// FILE.ppm (one frame) or a video, encoded by x264 at crf 13.
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/codec/encode.h"
#include "core/video/colour.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>

namespace
{

using namespace vitrine;

constexpr int kWidth = 640, kHeight = 360;
constexpr double kRate = 30;

struct V {
    float x = 0, y = 0, z = 0;
    friend V operator+(V a, V b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
    friend V operator-(V a, V b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    friend V operator*(V a, V b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
    friend V operator*(float s, V a) { return {s * a.x, s * a.y, s * a.z}; }
};
float dot(V a, V b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
V unit(V a)
{
    return (1 / std::sqrt(dot(a, a))) * a;
}
float mix(float a, float b, float t)
{
    return a + (b - a) * t;
}
V mix(V a, V b, float t)
{
    return a + t * (b - a);
}
float smooth(float low, float high, float x)
{
    const float t = std::clamp((x - low) / (high - low), 0.0f, 1.0f);
    return t * t * (3 - 2 * t);
}

// 0..1 for a lattice point.
float hash(int x, int y)
{
    auto n =
        static_cast<std::uint32_t>(x) * 374761393u + static_cast<std::uint32_t>(y) * 668265263u;
    n = (n ^ (n >> 13)) * 1274126177u;
    return static_cast<float>((n ^ (n >> 16)) & 0xffffff) / 16777216.0f;
}
float noise(float x, float y)
{
    const float fx = std::floor(x), fy = std::floor(y);
    const int i = static_cast<int>(fx), j = static_cast<int>(fy);
    float u = x - fx, v = y - fy;
    u = u * u * u * (u * (u * 6 - 15) + 10);
    v = v * v * v * (v * (v * 6 - 15) + 10);
    return mix(mix(hash(i, j), hash(i + 1, j), u), mix(hash(i, j + 1), hash(i + 1, j + 1), u), v);
}
float fractal(float x, float y, int octaves, float gain = 0.5f)
{
    float sum = 0, amplitude = 0.5f;
    for (int i = 0; i < octaves; ++i, amplitude *= gain) {
        sum += amplitude * noise(x, y);
        const float turned = 1.6f * x + 1.2f * y; // turned, so that the lattice does not show
        y = 1.6f * y - 1.2f * x;
        x = turned;
    }
    return sum;
}

// Hills on both sides of a lake, mountains behind it; trees are bumps of the ground.
class Land
{
public:
    Land() : height_(std::size_t{kColumns} * kRows), forest_(height_.size())
    {
        parallelFor(kRows, [&](std::size_t row) {
            for (int column = 0; column < kColumns; ++column) {
                const float x = kLeft + kStep * static_cast<float>(column);
                const float z = kStep * static_cast<float>(row);
                float wooded = 0;
                height_[row * kColumns + static_cast<std::size_t>(column)] = make(x, z, wooded);
                forest_[row * kColumns + static_cast<std::size_t>(column)] = wooded;
            }
        });
    }
    float height(float x, float z) const { return look(height_, x, z); }
    float forest(float x, float z) const { return look(forest_, x, z); }
    V normal(float x, float z, float reach) const
    {
        return unit({height(x - reach, z) - height(x + reach, z), 2 * reach,
                     height(x, z - reach) - height(x, z + reach)});
    }
    static constexpr float kFar = 150;

private:
    static constexpr int kColumns = 1900, kRows = 1900;
    static constexpr float kStep = 0.08f, kLeft = -76;

    static float make(float x, float z, float& wooded)
    {
        const float wind = 5 * std::sin(z * 0.05f) + 3 * std::sin(z * 0.021f + 1);
        const float shore = std::abs(x - wind) - (9 + 4 * fractal(z * 0.12f, 3.7f, 3));
        float h = -1.2f + 0.16f * std::max(shore, -8.0f);
        h += smooth(-2, 22, shore) * 9 * fractal(x * 0.045f + 9, z * 0.045f, 7, 0.48f);
        const float back = smooth(70, 125, z);
        const float ridge =
            1 - std::abs(2 * fractal(x * 0.03f + 4, z * 0.03f + 2, 8, 0.5f) - 0.95f);
        h += back * (3 + 17 * ridge * ridge);
        wooded = smooth(0.35f, 0.75f, h) * (1 - smooth(6.5f, 10, h)) *
                 smooth(0.42f, 0.52f, fractal(x * 0.11f + 31, z * 0.11f, 4));
        return h + 0.75f * wooded * crowns(x * 1.6f, z * 1.6f);
    }
    // Cones on a jittered lattice, 0..1.
    static float crowns(float x, float z)
    {
        const int i = static_cast<int>(std::floor(x)), j = static_cast<int>(std::floor(z));
        float highest = 0;
        for (int dj = -1; dj <= 1; ++dj)
            for (int di = -1; di <= 1; ++di) {
                const float cx = static_cast<float>(i + di) + hash(i + di, 7 * (j + dj) + 1);
                const float cz = static_cast<float>(j + dj) + hash(i + di, 7 * (j + dj) + 2);
                const float away = std::hypot(x - cx, z - cz);
                highest = std::max(highest, (0.6f + 0.4f * hash(i + di, 7 * (j + dj) + 3)) *
                                                std::max(0.0f, 1 - 1.5f * away));
            }
        return highest;
    }
    static float look(const std::vector<float>& map, float x, float z)
    {
        const float u = std::clamp((x - kLeft) / kStep, 0.0f, kColumns - 1.01f);
        const float v = std::clamp(z / kStep, 0.0f, kRows - 1.01f);
        const auto i = static_cast<std::size_t>(u), j = static_cast<std::size_t>(v);
        const float fu = u - static_cast<float>(i), fv = v - static_cast<float>(j);
        const float* at = map.data() + j * kColumns + i;
        return mix(mix(at[0], at[1], fu), mix(at[kColumns], at[kColumns + 1], fu), fv);
    }
    std::vector<float> height_, forest_;
};

const V kSun = unit({-0.62f, 0.30f, 0.55f});
const V kSunlight{2.9f, 2.15f, 1.35f};
const V kSkylight{0.34f, 0.46f, 0.66f};

V haze(V direction)
{
    const float towards = std::max(dot(direction, kSun), 0.0f);
    return mix(V{0.62f, 0.68f, 0.76f}, V{1.25f, 0.92f, 0.62f}, 0.85f * std::pow(towards, 4.0f));
}

V sky(V direction, float time)
{
    const float up = std::max(direction.y, 0.0f);
    V colour =
        mix(haze(direction), V{0.16f, 0.33f, 0.66f}, std::pow(smooth(-0.03f, 0.6f, up), 0.7f));
    if (up > 0.01f) { // clouds on a plane
        const float x = direction.x / (up + 0.08f), z = direction.z / (up + 0.08f);
        const float cover = fractal(0.55f * x + 0.02f * time + 5, 0.8f * z + 11, 6);
        const float cloud = smooth(0.47f, 0.72f, cover) * smooth(0.02f, 0.16f, up);
        const float shade = smooth(0.5f, 0.85f, cover);
        colour =
            mix(colour, mix(V{1.28f, 1.08f, 0.9f}, V{0.62f, 0.6f, 0.66f}, shade), 0.85f * cloud);
    }
    const float towards = std::max(dot(direction, kSun), 0.0f);
    return colour + (0.5f * std::pow(towards, 60.0f) + 6 * std::pow(towards, 2500.0f)) * kSunlight;
}

// A hot-air balloon: a body of revolution with twelve gores, and a basket.
struct Balloon {
    V middle;
    float turn = 0;
    static constexpr float kRadius = 1.5f;

    // Distance along the ray, or none.
    float meet(V from, V direction) const
    {
        const V offset = from - middle;
        const float reach = 2.0f * kRadius, b = dot(offset, direction);
        const float root = b * b - dot(offset, offset) + reach * reach;
        if (root < 0)
            return -1;
        float t = std::max(-b - std::sqrt(root), 0.0f);
        for (int i = 0; i < 70 && t < -b + std::sqrt(root); ++i) {
            const float d = distance((1 / kRadius) * (offset + t * direction));
            if (d < 0.002f)
                return t;
            t += 0.7f * kRadius * d;
        }
        return -1;
    }
    // In radii, from the middle of the envelope.
    static float distance(V p)
    {
        const float away = std::hypot(p.x, p.z);
        const float cone = std::max((away - (0.94f + 0.62f * p.y + 0.14f)) * 0.82f, -1.45f - p.y);
        const float globe = std::sqrt(away * away + p.y * p.y) - 1;
        const float envelope = p.y > -0.42f ? globe : std::max(cone, globe - 0.75f);
        const float basket =
            std::max({std::abs(p.x) - 0.13f, std::abs(p.z) - 0.13f, std::abs(p.y + 1.78f) - 0.12f});
        return std::min(envelope, basket);
    }
    V normal(V hit) const
    {
        const V p = (1 / kRadius) * (hit - middle);
        constexpr float e = 0.01f;
        const float d = distance(p);
        return unit({distance(p + V{e, 0, 0}) - d, distance(p + V{0, e, 0}) - d,
                     distance(p + V{0, 0, e}) - d});
    }
    V colour(V hit) const
    {
        const V p = (1 / kRadius) * (hit - middle);
        if (p.y < -1.6f)
            return {0.22f, 0.13f, 0.06f};
        const float gore = (std::atan2(p.z, p.x) + turn) * 12 / 6.2831853f;
        const int which = (static_cast<int>(std::floor(gore)) % 12 + 12) % 12;
        const float seam = std::abs(gore - std::floor(gore) - 0.5f);
        static constexpr V kGores[] = {
            {0.72f, 0.06f, 0.05f}, {0.86f, 0.78f, 0.6f}, {0.05f, 0.16f, 0.42f}};
        V colour = kGores[which % 3];
        if (std::abs(p.y + 0.12f) < 0.1f) // a belt
            colour = V{0.9f, 0.62f, 0.1f};
        return (seam > 0.47f ? 0.7f : 1.0f) * colour;
    }
};

struct Scene {
    Land land;

    float lit(V p) const // the sun's share that reaches a point
    {
        float light = 1;
        for (float t = 0.15f; t < 30; t *= 1.22f) {
            const V q = p + t * kSun;
            light = std::min(light, 6 * (q.y - land.height(q.x, q.z)) / t + 0.5f);
            if (light < 0)
                return 0;
        }
        return std::min(light, 1.0f);
    }

    V ground(V p, V direction, float distance) const
    {
        const float reach = 0.05f + 0.0015f * distance;
        const V normal = land.normal(p.x, p.z, reach);
        const float wooded = land.forest(p.x, p.z);
        const float grain = fractal(p.x * 2.1f, p.z * 2.1f, 5, 0.62f);
        V colour = mix(V{0.19f, 0.2f, 0.055f}, V{0.34f, 0.27f, 0.1f}, smooth(0.35f, 0.65f, grain));
        const float steep = smooth(0.9f, 0.62f, normal.y);
        colour = mix(colour, (0.6f + 0.8f * grain) * V{0.3f, 0.26f, 0.23f}, steep);
        colour = mix(colour, (0.5f + 0.9f * grain) * V{0.05f, 0.095f, 0.03f},
                     std::min(1.6f * wooded, 1.0f));
        const float snow = smooth(9.5f, 12.5f, p.y + 2 * grain) * smooth(0.5f, 0.75f, normal.y);
        colour = mix(colour, V{0.82f, 0.84f, 0.9f}, snow);
        colour = mix(V{0.3f, 0.25f, 0.17f}, colour, smooth(0.02f, 0.22f, p.y)); // the shore
        const float sun = std::max(dot(normal, kSun), 0.0f) * lit(p + V{0, 0.05f, 0});
        const float open = 0.35f + 0.65f * std::max(normal.y, 0.0f);
        (void)direction;
        return colour * (sun * kSunlight + open * kSkylight);
    }

    // Where the ray meets the land; far away where it does not.
    float march(V from, V direction, int steps) const
    {
        float t = 0.3f;
        for (int i = 0; i < steps && t < Land::kFar; ++i) {
            const V p = from + t * direction;
            const float above = p.y - land.height(p.x, p.z);
            if (above < 0.0015f * t)
                return t;
            if (p.y > 24 && direction.y > 0)
                break;
            t += 0.38f * above + 0.004f * t;
        }
        return Land::kFar;
    }

    V shade(V from, V direction, const Balloon& balloon, float time, int depth) const
    {
        float t = march(from, direction, depth == 0 ? 260 : 110);
        const float surface = direction.y < 0 ? -from.y / direction.y : Land::kFar;
        const float air = balloon.meet(from, direction);
        V colour;
        if (air >= 0 && air < std::min(t, surface)) {
            t = air;
            const V hit = from + t * direction;
            const V normal = balloon.normal(hit);
            const float sun = std::max(dot(normal, kSun), 0.0f);
            const float through = 0.25f * std::max(-dot(normal, kSun), 0.0f); // the cloth glows
            const float shine =
                std::pow(std::max(dot(unit(kSun - direction), normal), 0.0f), 40.0f);
            colour = balloon.colour(hit) *
                         ((sun + through) * kSunlight + (0.6f + 0.4f * normal.y) * kSkylight) +
                     0.12f * shine * kSunlight;
        } else if (surface > 0 && surface < t && surface < Land::kFar) {
            t = surface;
            colour = water(from + t * direction, direction, balloon, time, t, depth);
        } else if (t < Land::kFar) {
            colour = ground(from + t * direction, direction, t);
        } else {
            return sky(direction, time);
        }
        return mix(haze(direction), colour, std::exp(-0.0055f * t - 0.00006f * t * t));
    }

    V water(V p, V direction, const Balloon& balloon, float time, float distance, int depth) const
    {
        const float calm = 1 / (1 + 0.03f * distance);
        const auto wave = [&](float x, float z) {
            return fractal(1.3f * x + 0.5f * time, 2.6f * z - 0.9f * time, 4, 0.6f) +
                   0.5f * noise(0.35f * x - 0.3f * time, 0.5f * z + 0.25f * time);
        };
        const float e = 0.04f + 0.002f * distance, here = wave(p.x, p.z);
        const V normal = unit({-0.05f * calm * (wave(p.x + e, p.z) - here) / e, 1,
                               -0.05f * calm * (wave(p.x, p.z + e) - here) / e});
        const float facing = std::max(-dot(direction, normal), 0.0f);
        const float mirror = 0.03f + 0.97f * std::pow(1 - facing, 5.0f);
        V reflected = direction - 2 * dot(direction, normal) * normal;
        reflected.y = std::max(reflected.y, 0.003f);
        const V above = depth == 0 ? shade(p + V{0, 0.02f, 0}, unit(reflected), balloon, time, 1)
                                   : sky(unit(reflected), time);
        const float shallow = smooth(-0.9f, 0, land.height(p.x, p.z));
        const V body = mix(V{0.02f, 0.07f, 0.08f}, V{0.16f, 0.17f, 0.1f}, shallow);
        return mix(body, above, mirror);
    }
};

// Reeds before the camera, in units of the picture's height from its lower left corner; the cover
// is 0..1.
float reeds(float x, float y, float time)
{
    float cover = 0;
    for (int i = 0; i < 46; ++i) {
        const bool left = i % 3 != 0;
        const float root = left ? -0.05f + 0.5f * hash(i, 50) * hash(i, 51) + 0.1f * hash(i, 52)
                                : 1.83f - 0.32f * hash(i, 50) * hash(i, 53);
        const float tall = 0.12f + 0.3f * hash(i, 54);
        if (y > tall)
            continue;
        const float s = y / tall;
        const float sway = 0.022f * std::sin(2.1f * time + 6 * hash(i, 55) + 3 * root) +
                           0.01f * std::sin(5.3f * time + 9 * hash(i, 56));
        const float lean = 0.16f * (hash(i, 57) - 0.35f);
        const float at = root - 0.012f * time + (lean + sway * 1.6f) * s * s;
        const bool head = s > 0.74f && s < 0.95f && hash(i, 58) > 0.45f;
        const float half = head ? 0.0062f : 0.0032f * (1 - 0.75f * s);
        cover = std::max(cover, 1 - smooth(half * 0.6f, half * 1.5f, std::abs(x - at)));
    }
    return cover;
}

struct Camera {
    V place, forward, right, up;
};
Camera cameraAt(float time)
{
    const V place{1.2f + 0.35f * time, 1.9f + 0.06f * std::sin(1.1f * time), 4 + 2.2f * time};
    const V forward = unit({0.02f - 0.05f * time, 0.035f + 0.004f * std::sin(1.7f * time), 1});
    const V right = unit({forward.z, 0, -forward.x});
    return {place,
            forward,
            right,
            {forward.y * right.z - 0 * right.y, forward.z * right.x - forward.x * right.z,
             -forward.y * right.x}};
}

V pixel(const Scene& scene, float x, float y, float time)
{
    const Camera camera = cameraAt(time);
    const float u = 1.5f * (x - kWidth / 2.0f) / kHeight, v = 1.5f * (kHeight / 2.0f - y) / kHeight;
    const V direction = unit(camera.forward + u * camera.right + v * camera.up);
    const Balloon balloon{
        {-6.5f + 2.3f * time, 6.0f + 0.25f * std::sin(0.9f * time) + 0.1f * time, 19 + 0.6f * time},
        0.3f * time};
    const V far = scene.shade(camera.place, direction, balloon, time, 0);
    const float cover = reeds(x / kHeight, (kHeight - y) / kHeight, time);
    const float shade = 0.5f + 0.5f * (kHeight - y) / (0.4f * kHeight);
    return mix(far, std::min(shade, 1.2f) * V{0.055f, 0.06f, 0.022f}, cover);
}

// Narkowicz 2015, an approximation of the ACES curve; then the sRGB transfer.
std::uint8_t code(float light, float grain)
{
    const float x = 0.56f * light;
    const float mapped =
        std::clamp(x * (2.51f * x + 0.03f) / (x * (2.43f * x + 0.59f) + 0.14f), 0.0f, 1.0f);
    const float shown =
        mapped <= 0.0031308f ? 12.92f * mapped : 1.055f * std::pow(mapped, 1 / 2.4f) - 0.055f;
    return static_cast<std::uint8_t>(std::lround(std::clamp(255 * shown + grain, 0.0f, 255.0f)));
}

// 2 x 2 places and times over half a frame's period: edges and motion are smooth, as a camera's.
video::RgbPicture render(const Scene& scene, int index)
{
    video::RgbPicture picture{kWidth, kHeight, {}};
    picture.samples.resize(std::size_t{3} * kWidth * kHeight);
    parallelFor(kHeight, [&](std::size_t row) {
        Random random(static_cast<std::uint64_t>(index) * kHeight + row);
        const int y = static_cast<int>(row);
        for (int x = 0; x < kWidth; ++x) {
            V sum;
            for (int s = 0; s < 4; ++s) {
                const float jitter = hash(x * 4 + s, y);
                const float time = static_cast<float>(
                    (index + 0.5 * (s + static_cast<double>(jitter)) / 4) / kRate);
                sum = sum +
                      pixel(scene, static_cast<float>(x) + 0.25f + 0.5f * static_cast<float>(s % 2),
                            static_cast<float>(y) + 0.25f + 0.5f * static_cast<float>(s / 2), time);
            }
            const auto grain = static_cast<float>(1.6 * random.normal());
            const float channels[] = {sum.x / 4, sum.y / 4, sum.z / 4};
            for (int c = 0; c < 3; ++c)
                picture.pixel(x, y)[c] = code(channels[c], grain);
        }
    });
    return picture;
}

class Film : public video::FrameSource
{
public:
    explicit Film(int frames)
    {
        info_.width = kWidth;
        info_.height = kHeight;
        info_.framesPerSecond = kRate;
        info_.frames = frames;
    }
    const video::SourceInfo& info() const override { return info_; }
    Result<video::Frame> read(std::int64_t index) override
    {
        return video::toYuv(render(scene_, static_cast<int>(index)), video::Chroma::k420,
                            video::assumed({}, kHeight));
    }
    video::RgbPicture picture(int index) const { return render(scene_, index); }

private:
    Scene scene_;
    video::SourceInfo info_;
};

} // namespace

int main(int count, char** arguments)
{
    if (count < 2) {
        fmt::print(stderr, "make_lake FILE [frames = 96] [first frame = 0]\n");
        return 2;
    }
    const std::filesystem::path file = arguments[1];
    const int frames = count > 2 ? std::atoi(arguments[2]) : 96;
    const int first = count > 3 ? std::atoi(arguments[3]) : 0;
    Film film(first + frames);
    if (file.extension() == ".ppm") {
        const auto picture = film.picture(first);
        std::ofstream(file, std::ios::binary)
            << fmt::format("P6\n{} {}\n255\n", kWidth, kHeight)
            << std::string(picture.samples.begin(), picture.samples.end());
        return 0;
    }
    const auto options = codec::parseEncodeList("x264:crf=13:preset=veryslow:gop=32:protocol=ra");
    const auto encoded = codec::encode(film, first, frames, options.value().front(), file);
    if (!encoded) {
        fmt::print(stderr, "{}\n", encoded.error().message);
        return 1;
    }
    fmt::print("{} bytes\n", encoded->fileBytes);
    return 0;
}
