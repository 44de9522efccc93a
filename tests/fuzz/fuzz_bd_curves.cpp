#include "core/video/bd_curves.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::video::parseBdCurves(bytes, "fuzz")
        .transform([](const vitrine::video::BdCurves& curves) {
            return vitrine::video::bjontegaard(curves.anchor, curves.test);
        });
})
