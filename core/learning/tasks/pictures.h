#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::learning
{

// Which files of a package are pictures to be used; `files` is a regular expression, searched in
// the path below the package's folder.
struct PictureSource {
    std::string package, files, licence;
};

// What a source's files name but is not to be used.
struct PictureExclusion {
    std::string package, files, reason;
};

// A photograph that nothing is trained on, chosen before any training. `use` is "vt10" (super-
// resolution; the part of 512x512 at x, y of the prepared picture is kept) or "codec" (whole).
struct HeldOutPicture {
    std::string package, file, use;
    int x = 0, y = 0;
};

struct PictureList {
    std::vector<PictureSource> sources;
    std::vector<PictureExclusion> excluded;
    std::vector<HeldOutPicture> heldOut;
    std::string testPictures; // a file as `vitrine-prepare fingerprints` writes it
};

// Reads resources/recipes/pictures.json. Throws std::runtime_error naming what is wrong.
PictureList readPictureList(const std::string& path);

// Pictures out of the fetched packages, cleaned of what must not be trained on, to
//   out/pictures.rgb   one after another, 8-bit RGB, row-major, no padding
//   out/pictures.tsv   a line of names, then: name package licence width height offset use
//   out/left-out.tsv   name package reason
//   out/sources.tsv    package version licence pictures megapixels
// Offsets are bytes into pictures.rgb; uses are train, vt10, codec. What was compressed with loss
// is halved first, what is then beyond two megapixels is shrunk to them; below 96 pixels a side it
// is left out. So is what looks like a test picture, a held-out picture or a larger training
// picture. Gives the text of sources.tsv. Throws std::runtime_error naming the file and what is
// wrong.
std::string preparePictures(const PictureList& list, const std::string& packages,
                            const std::string& out);

} // namespace vitrine::learning
