// Copyright The MetalHA Authors
// SPDX-License-Identifier: Apache-2.0
package io.metalha.cli.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the part of the Common Expression Language (github.com/google/cel-spec, its langdef.md) that our CRDs' rules use; anything
 * else is a {@link CelException}, and the rule is said to be unchecked rather than taken for fulfilled.
 */
final class Cel {
    /** An expression. */
    sealed interface Node {
        record Literal(Object value) implements Node {}

        record Ident(String name) implements Node {}

        record Select(Node of, String field) implements Node {}

        record Index(Node of, Node key) implements Node {}

        record ListOf(List<Node> items) implements Node {}

        record Not(Node of) implements Node {}

        record Binary(String operator, Node left, Node right) implements Node {}

        /** A function, or a method of {@code on}. */
        record Call(java.util.Optional<Node> on, String name, List<Node> arguments) implements Node {}
    }

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]+)|'((?:[^'\\\\]|\\\\.)*)'|(&&|\\|\\||[=!<>]=|[-+%<>!()\\[\\].,]))");

    private record Token(char kind, String text) {}

    private final List<Token> tokens;
    private int at;

    private Cel(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Node parse(String rule) {
        Cel parser = new Cel(tokens(rule));
        Node whole = parser.or();
        if (parser.at != parser.tokens.size()) {
            throw new CelException(
                    "cannot read '" + parser.tokens.get(parser.at).text() + "' in " + rule);
        }
        return whole;
    }

    private static List<Token> tokens(String rule) {
        var tokens = new ArrayList<Token>();
        Matcher matcher = TOKEN.matcher(rule);
        int end = 0;
        while (end < rule.strip().length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new CelException("cannot read " + rule.substring(end));
            }
            end = matcher.end();
            if (matcher.group(1) != null) {
                tokens.add(new Token('i', matcher.group(1)));
            } else if (matcher.group(2) != null) {
                tokens.add(new Token('n', matcher.group(2)));
            } else if (matcher.group(3) != null) {
                tokens.add(new Token('s', matcher.group(3).replaceAll("\\\\(.)", "$1")));
            } else {
                tokens.add(new Token('o', matcher.group(4)));
            }
        }
        return tokens;
    }

    private Node or() {
        Node left = and();
        while (accept("||")) {
            left = new Node.Binary("||", left, and());
        }
        return left;
    }

    private Node and() {
        Node left = relation();
        while (accept("&&")) {
            left = new Node.Binary("&&", left, relation());
        }
        return left;
    }

    private Node relation() {
        Node left = sum();
        for (String operator : List.of("==", "!=", "<=", ">=", "<", ">", "in")) {
            if (accept(operator)) {
                return new Node.Binary(operator, left, sum());
            }
        }
        return left;
    }

    private Node sum() {
        Node left = product();
        while (accept("+")) {
            left = new Node.Binary("+", left, product());
        }
        return left;
    }

    private Node product() {
        Node left = unary();
        while (accept("%")) {
            left = new Node.Binary("%", left, unary());
        }
        return left;
    }

    private Node unary() {
        return accept("!") ? new Node.Not(unary()) : postfix(primary());
    }

    private Node postfix(Node of) {
        if (accept("[")) {
            Node key = or();
            expect("]");
            return postfix(new Node.Index(of, key));
        }
        if (accept(".")) {
            String name = take('i');
            return postfix(
                    accept("(")
                            ? new Node.Call(java.util.Optional.of(of), name, list(")"))
                            : new Node.Select(of, name));
        }
        return of;
    }

    private Node primary() {
        if (accept("(")) {
            Node inner = or();
            expect(")");
            return inner;
        }
        if (accept("[")) {
            return new Node.ListOf(list("]"));
        }
        Token token = tokens.get(Math.min(at, tokens.size() - 1));
        return switch (token.kind()) {
            case 'n' -> new Node.Literal(Long.valueOf(take('n')));
            case 's' -> new Node.Literal(take('s'));
            default -> {
                String name = take('i');
                yield switch (name) {
                    case "true", "false" -> new Node.Literal(Boolean.valueOf(name));
                    default ->
                        accept("(") ? new Node.Call(java.util.Optional.empty(), name, list(")")) : new Node.Ident(name);
                };
            }
        };
    }

    private List<Node> list(String end) {
        var items = new ArrayList<Node>();
        while (!accept(end)) {
            if (!items.isEmpty()) {
                expect(",");
            }
            items.add(or());
        }
        return items;
    }

    private boolean accept(String text) {
        boolean there = at < tokens.size()
                && tokens.get(at).text().equals(text)
                && tokens.get(at).kind() != 's';
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String text) {
        if (!accept(text)) {
            throw new CelException("expected " + text);
        }
    }

    private String take(char kind) {
        if (at >= tokens.size() || tokens.get(at).kind() != kind) {
            throw new CelException("the rule ends, or goes on, where it cannot");
        }
        return tokens.get(at++).text();
    }
}
