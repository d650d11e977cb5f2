// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/command_line.h"

#include <cstdio>

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QRegularExpression>

namespace anamorph {
namespace {

[[noreturn]] void refuse(const QString& sentence) {
    std::fprintf(stderr, "anamorph: %s\n", qPrintable(sentence));
    std::exit(2);
}

}  // namespace

CommandLine parse_command_line(const QCoreApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Geostatistics by learned deformations of space."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("A project or a table to open."), QStringLiteral("[FILE]"));
    const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("light or dark."), QStringLiteral("NAME"));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("Size of the window, such as 1440x900."), QStringLiteral("WxH"));
    const QCommandLineOption screenshot(QStringLiteral("screenshot"), QStringLiteral("Write a picture of the window when all is drawn, and leave."), QStringLiteral("OUT.png"));
    const QCommandLineOption heartbeat(QStringLiteral("heartbeat"), QStringLiteral("Train at once, write the longest time that the window was busy, and leave."), QStringLiteral("OUT.json"));
    const QCommandLineOption limit(QStringLiteral("limit"), QStringLiteral("With --heartbeat: stop after so many seconds and keep the best."), QStringLiteral("SECONDS"));
    const QCommandLineOption step(QStringLiteral("step"), QStringLiteral("Show step 1 to 7."), QStringLiteral("N"));
    const QCommandLineOption tab(QStringLiteral("tab"), QStringLiteral("Show a tab: loss, variograms, diagnostics, models, validation, data, log."), QStringLiteral("NAME"));
    parser.addOptions({theme, size, screenshot, heartbeat, limit, step, tab});
    parser.process(application);

    CommandLine line;
    const QStringList files = parser.positionalArguments();
    if (files.size() > 1) refuse(QStringLiteral("Give one file at most."));
    line.file = files.value(0);
    line.theme = parser.value(theme);
    if (!line.theme.isEmpty() && line.theme != QLatin1String("light") && line.theme != QLatin1String("dark"))
        refuse(QStringLiteral("--theme takes light or dark, not \"%1\".").arg(line.theme));
    if (parser.isSet(size)) {
        static const QRegularExpression form(QStringLiteral("^(\\d{3,5})x(\\d{3,5})$"));
        const auto match = form.match(parser.value(size));
        if (!match.hasMatch()) refuse(QStringLiteral("--size takes a size such as 1440x900, not \"%1\".").arg(parser.value(size)));
        line.size = QSize(match.captured(1).toInt(), match.captured(2).toInt());
    }
    line.screenshot = parser.value(screenshot);
    line.heartbeat = parser.value(heartbeat);
    if (!line.heartbeat.isEmpty() && line.file.isEmpty()) refuse(QStringLiteral("--heartbeat needs a FILE to train on."));
    if (parser.isSet(limit)) {
        line.limit = parser.value(limit).toInt();
        if (line.limit < 1 || line.heartbeat.isEmpty()) refuse(QStringLiteral("--limit takes a number of seconds, with --heartbeat."));
    }
    if (parser.isSet(step)) {
        line.step = parser.value(step).toInt();
        if (line.step < 1 || line.step > 7) refuse(QStringLiteral("--step takes a number from 1 to 7."));
    }
    line.tab = parser.value(tab);
    return line;
}

}  // namespace anamorph
