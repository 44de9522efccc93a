#pragma once

#include <algorithm>
#include <vector>

namespace vitrine
{

// A list whose entries stand in files of their own: each adds itself, so that a new entry is a new
// file and no other changes. For shared libraries, which are linked whole (a linker may leave out a
// file of a static one that nobody names). Filled before main(), read afterwards by any thread.
//
//     const Registry<Accelerator>::Adds kAddsSystolic(10, [] { return Accelerator{...}; });
template <typename Entry>
class Registry
{
public:
    struct Adds {
        // Entries stand by `place`; each has its own.
        Adds(int place, Entry (*make)()) { makers().push_back({place, make}); }
    };

    static std::vector<Entry> all()
    {
        std::vector<Maker> ordered = makers();
        std::ranges::sort(ordered, {}, &Maker::place);
        std::vector<Entry> entries;
        for (const Maker& each : ordered)
            entries.push_back(each.make());
        return entries;
    }

private:
    struct Maker {
        int place;
        Entry (*make)();
    };
    static std::vector<Maker>& makers()
    {
        static std::vector<Maker> all;
        return all;
    }
};

} // namespace vitrine
