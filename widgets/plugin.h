#pragma once

#include "core/figure/figure.h"
#include "core/jobs/experiment/experiment.h"
#include "core/jobs/experiment/run_record.h"

#include <QtPlugin>

#include <memory>
#include <string_view>
#include <vector>

class QJsonObject;
class QWidget;

namespace vitrine
{

class View;
class ViewContext;

// What the window and the command line know of a room. Metadata is in plugin.json, read without
// loading the code:
//   {"id": "attention", "title": "Attention", "summary": "...", "paper": "...", "version": 1,
//   "order": 10,
//    "icon": "attention", "experiments": ["attention.capture", ...], "opens": [...],
//    "studies": [...]}; kinds of files in app/plugins/file_kind.h, studies in app/plugins/study.h.
class Plugin
{
public:
    virtual ~Plugin() = default;

    virtual std::vector<std::unique_ptr<Experiment>> createExperiments() const = 0;
    // The view for an experiment's runs, or nullptr: then the window shows the generic view
    // (metrics and tables).
    virtual View* createView(std::string_view experiment, ViewContext& context,
                             QWidget* parent) const = 0;
    // The figures of these runs as a view with this state shows them (the default state where it is
    // empty). For reports.
    virtual std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                                const QJsonObject& state) const = 0;
};

} // namespace vitrine

#define VITRINE_PLUGIN_IID "vitrine.Plugin/1"
Q_DECLARE_INTERFACE(vitrine::Plugin, VITRINE_PLUGIN_IID)
