#pragma once

#include <string>

namespace vitrine::learning
{

// All pictures below a folder, by path, to out/pictures.rgb and out/pictures.tsv as preparePictures
// writes them (columns name width height offset use), neither shrunk nor left out. Names are file
// names; the use is "test". For test sets a user has: nothing is trained on them. Gives the text of
// pictures.tsv. Throws std::runtime_error where there is no picture or two have one name.
std::string prepareTestPictures(const std::string& folder, const std::string& out);

} // namespace vitrine::learning
