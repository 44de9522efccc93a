#include "widgets/player/pane_tools.h"

#include "widgets/theme/icon.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QToolButton>

namespace vitrine::player
{

PaneTools::PaneTools(QWidget* parent) : QFrame(parent)
{
    setProperty("role", "card");
    setAccessibleName(tr("Tools of the pane"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2, 2, 2, 2);
    row->setSpacing(0);
    const auto add = [&](const char* icon, const QString& name, const QString& help, auto act) {
        auto* button = new QToolButton(this);
        button->setIcon(theme::icon(QLatin1String(icon)));
        button->setIconSize({16, 16});
        button->setAccessibleName(name);
        button->setToolTip(help);
        button->setFocusPolicy(Qt::NoFocus);
        connect(button, &QToolButton::clicked, this, act);
        row->addWidget(button);
        return button;
    };
    add("offset-minus", tr("Earlier frame in this pane"),
        tr("Shows the frame before in this pane alone ([)"),
        [this] { emit offsetWished(pane_, -1); });
    add("offset-plus", tr("Later frame in this pane"),
        tr("Shows the frame after in this pane alone (])"),
        [this] { emit offsetWished(pane_, 1); });
    first_ = add("target", tr("Compare with this pane"),
                 tr("Differences, wipe and block measures are against this pane"),
                 [this] { emit firstWished(pane_); });
    add("export", tr("Save still"), tr("Saves this frame as PNG, unscaled (Ctrl+S)"),
        [this] { emit stillWished(pane_); });
}

void PaneTools::setPane(int pane, bool isFirst)
{
    pane_ = pane;
    first_->setVisible(!isFirst);
}

bool PaneTools::hasFocusInside() const
{
    const QWidget* focus = QApplication::focusWidget();
    return focus && isAncestorOf(focus);
}

} // namespace vitrine::player
